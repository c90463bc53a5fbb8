"""The sweep of the database: what is over its time, what nobody needs, what was not looked at."""

import logging
from collections.abc import Awaitable, Callable, Sequence

from satchel_attachments_redundant.ledger import Ledger
from satchel_attachments_redundant.media import Media
from satchel_attachments_redundant.owners import INDEX
from satchel_attachments_redundant.recovery import Recovery
from satchel_hookspecs import ChecksumMismatch, Place, Ref
from satchel_hookspecs.group import Entry

log = logging.getLogger(__name__)

Drop = Callable[[Place, str], Awaitable[None]]
DropStrays = Callable[[Place], Awaitable[int]]


class Sweep:
    """Asks indexes for what is due, and does not walk over the composes that are open."""

    def __init__(self, media: Media, recovery: Recovery) -> None:
        self._media = media
        self._recovery = recovery

    async def end_over(self, limit: int, drop: Drop) -> tuple[Ref, ...]:
        """Delete composes whose time is over, and name what was in them."""
        refs = list[Ref]()
        for place in await self._media.documents.expired(limit):
            if len(refs) >= limit:
                break
            for entry in await self._end(place):
                refs.append(Ref(place.owner, place.group, entry.id))
                for piece in entry.pieces:
                    await drop(place, piece.name)
        return tuple(refs)

    async def look_through(self, limit: int, drop_strays: DropStrays) -> tuple[int, bool]:
        """Drop rows that nobody needs, mend the others; whether there may be more to look at."""
        due = await self._media.pieces.due(limit) if limit > 0 else ()
        dropped = 0
        for place in dict.fromkeys(due):
            dropped += await drop_strays(place)
            await self._recovery.look_after(place)
            await self._media.pieces.postpone(place)
        return dropped, len(due) >= limit

    async def _end(self, place: Place) -> Sequence[Entry]:
        media = self._media
        raw, version = await media.documents.load(place)
        if raw is None or await media.mirror.read(place) is not None:
            return ()  # a host knows that it lives on, and the database knows it by now
        if not await media.documents.store(place, None, version) or place.group == INDEX:
            return ()
        try:
            return Ledger.from_bytes(media.mirror.body_of(raw, place)).group.entries
        except ChecksumMismatch:
            log.warning("A damaged list of attachments is over its time and deleted: %s.", place)
            return ()
