"""Pieces of attachments in memcached: an item a frame on two hosts, and an index a place."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from itertools import islice

from satchel_hookspecs import Place, StorageFull, Unavailable, settled
from satchel_hookspecs.blocks import ProvedFrame
from satchel_hookspecs.frame_stream import in_parts
from satchel_memcache.copies import Copies, Putting
from satchel_memcache.counters import Counters
from satchel_memcache.frames import Frames
from satchel_memcache.host import Keyed
from satchel_memcache.item import Found, Item
from satchel_memcache.piece_index import Kept, PieceIndex

TOGETHER = 4
"""Blocks in one message to a host: more would leave it, and whoever sends, waiting for longer."""

AT_ONCE = 3
AHEAD = 4
SLACK = 300.0

Needed = Callable[[Place], Awaitable[float]]
"""Until when the pieces of a place are needed."""


class MemcachePieces:
    """Keeps immutable runs of frames, each frame on both hosts of its key.

    They are kept for ``lifetime`` seconds, and longer if ``extend`` says so. Memcached may drop any
    of them before: then it is missing, and nothing is served in its place.
    """

    def __init__(
        self,
        copies: Copies,
        frames: Frames,
        index: PieceIndex,
        clock: Callable[[], float],
        counters: Counters,
        lifetime: float,
    ) -> None:
        self._copies = copies
        self._frames = frames
        self._index = index
        self._clock = clock
        self._counters = counters
        self._lifetime = lifetime

    async def write(
        self,
        place: Place,
        piece: str,
        frames: AsyncIterator[tuple[int, bytes]],
        needed: Needed | None = None,
    ) -> None:
        """Keep the frames of a new piece as long as they are needed; on failure keep none.

        After ``Unavailable`` nobody knows what was kept, so it is left to its time.
        """
        numbers, batch, underway = list[int](), list[Keyed](), deque[Putting]()
        until = self._clock() + self._lifetime
        try:
            async for number, parts in in_parts(frames):
                numbers.append(number)
                batch.append(self._frames.close(piece, number, parts))
                if len(batch) == TOGETHER:
                    underway.append(await self._copies.begin(batch, until))
                    batch = []
                if len(underway) == AT_ONCE:
                    await self._copies.end(underway.popleft())
            if batch:
                underway.append(await self._copies.begin(batch, until))
            asked = 0.0 if needed is None else await needed(place)
            for putting in underway:
                await self._copies.end(putting)
            await self._list(place, piece, numbers, until, max(until, asked + SLACK))
        except Unavailable:
            raise
        except BaseException:
            await settled(self._copies.drop([self._frames.key(piece, one) for one in numbers]))
            raise

    async def read(
        self, place: Place, piece: str, first: int, stop: int
    ) -> AsyncGenerator[bytes, None]:
        """Yield the frames with indexes ``first`` to ``stop`` (not included), in order.

        Each is the first copy that its digests prove, and a host that has none gets it. End early
        where both have none.
        """
        numbers = iter(range(first, stop))
        ahead = deque(self._get(place, piece, number) for number in islice(numbers, AHEAD))
        try:
            while ahead:
                frame = await ahead.popleft()
                if frame is None:
                    return
                ahead.extend(self._get(place, piece, number) for number in islice(numbers, 1))
                yield frame
        finally:
            for task in ahead:
                task.cancel()
            await asyncio.gather(*ahead, return_exceptions=True)

    async def drop(self, place: Place, piece: str) -> bool:
        """Delete a piece from both hosts, whether it is there or not.

        False while a host is away that may have some of it. Then it stays listed, so that the
        sweep comes again.
        """
        kept = (await self._index.read(place)).get(piece)
        if kept is None:
            return True
        keys = [self._frames.key(piece, number) for number in range(kept.first, kept.stop)]
        is_gone = await self._copies.drop(keys)
        if is_gone:
            await self._index.drop(place, piece)
            await self._copies.drop(keys)  # what a reader brought back while it was listed yet
        return is_gone

    async def list(self, place: Place) -> Sequence[tuple[str, float]]:
        """List the pieces at this place, each with its age in seconds."""
        now, listed = self._clock(), await self._index.read(place)
        return [(name, now - kept.written) for name, kept in listed.items()]

    async def extend(self, place: Place, pieces: Sequence[str], until: float) -> Sequence[str]:
        """Keep these pieces until then at least; return those of which something is gone.

        What one host has lost is brought there from the other.
        """
        if not pieces:
            return ()
        listed, lost = await self._index.read(place), list[str]()
        known = {piece: listed[piece] for piece in pieces if piece in listed}
        longer = dict[str, Kept]()
        for piece, kept in known.items():
            if kept.until >= until:
                continue
            # Not every touch has to go to every item; those that do bring back what a host lost.
            new = kept._replace(until=until + SLACK)
            extended = await self._copies.extend(self._items(piece, kept), new.until)
            if extended.lost:
                lost.append(piece)
                self._counters.lost += len(extended.lost)
            elif extended.is_whole:
                longer[piece] = new
        if longer:
            await self._index.add(place, longer)
        return [*lost, *(piece for piece in pieces if piece not in listed)]

    async def _list(
        self, place: Place, piece: str, numbers: Sequence[int], until: float, longer: float
    ) -> None:
        """List a piece until ``longer``; or ``until``, if a host does not answer.

        See that all of it is there, too: a host that is full drops what it took just now.
        """
        first, stop = min(numbers, default=0), max(numbers, default=-1) + 1
        kept = Kept(self._clock(), first, stop, longer)
        # Nothing refers to it yet: no harm if the list says more than is true for a moment.
        listing = asyncio.create_task(self._index.add(place, {piece: kept}))
        try:
            extended = await self._copies.extend(self._items(piece, kept), longer)
        finally:
            await listing
        if extended.lost:
            await self._index.drop(place, piece)
            raise StorageFull("Memcached drops what it has just taken: give it more memory (-m).")
        if not extended.is_whole:
            await self._index.add(place, {piece: kept._replace(until=until)})

    def _items(self, piece: str, kept: Kept) -> Sequence[Item[ProvedFrame]]:
        return [self._frames.item(piece, number) for number in range(kept.first, kept.stop)]

    def _get(self, place: Place, piece: str, number: int) -> asyncio.Task[ProvedFrame | None]:
        return asyncio.create_task(self._fetch(place, piece, number))

    async def _fetch(self, place: Place, piece: str, number: int) -> ProvedFrame | None:
        item = self._frames.item(piece, number)
        found = await self._copies.get(item)
        if found is not None and not found.behind:
            return found.value
        kept = (await self._index.read(place)).get(piece)
        if found is None:
            self._counters.lost += kept is not None
            return None
        if kept is not None:
            await self._repair(place, piece, item, found, kept.until)
        return found.value

    async def _repair(
        self,
        place: Place,
        piece: str,
        item: Item[ProvedFrame],
        found: Found[ProvedFrame],
        until: float,
    ) -> None:
        """Bring a frame to a host that has none, and nothing of what is deleted meanwhile."""
        await self._copies.repair(item, found, until)
        if piece not in await self._index.read(place):
            await self._copies.drop([item.key])
