"""The standby: pieces in memcached, which has the database's place while that is down."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence

from satchel_attachments_redundant.gate import Gate
from satchel_hookspecs import Place, StoreError
from satchel_hookspecs.group import Group
from satchel_memcache import MemcachePieces
from satchel_memcache.pieces import Needed

log = logging.getLogger(__name__)


class Standby:
    """Keeps pieces as long as their compose counts, and no longer than the database needs it.

    ``leftover`` are those that nobody needs, and that a host which was away may have yet.
    """

    def __init__(self, pieces: MemcachePieces, gate: Gate) -> None:
        self.leftover: set[tuple[Place, str]] = set()
        self._pieces = pieces
        self._gate = gate

    async def write(
        self,
        place: Place,
        piece: str,
        frames: AsyncIterator[tuple[int, bytes]],
        needed: Needed | None = None,
    ) -> None:
        """Keep the frames of a new piece as long as they are needed; on failure keep none."""
        await self._pieces.write(place, piece, frames, needed)

    def read(self, place: Place, piece: str, first: int, stop: int) -> AsyncGenerator[bytes, None]:
        """Yield frames, and end early where one is missing."""
        return self._pieces.read(place, piece, first, stop)

    async def drop(self, place: Place, piece: str) -> None:
        """Delete a piece; ``leftover`` has it while that cannot be."""
        try:
            is_gone = await self._pieces.drop(place, piece)
        except StoreError as error:
            log.info("A piece stays in memcached for a while: %s", error)
            is_gone = False
        (self.leftover.discard if is_gone else self.leftover.add)((place, piece))

    async def extend(self, place: Place, group: Group) -> None:
        """Keep what is here in the database's place for as long as the group may count."""
        if self._gate.reason is None:
            return
        try:
            await self._pieces.extend(place, sorted(group.pieces), group.expires)
        except StoreError as error:
            log.info("Memcached is asked again to keep some pieces for longer: %s", error)

    async def list(self, place: Place) -> Sequence[tuple[str, float]]:
        """List the pieces at this place, each with its age; none while nobody can know."""
        try:
            return await self._pieces.list(place)
        except StoreError as error:
            log.info("What memcached has is left to another sweep: %s", error)
            return ()
