"""Attachments in memcached: what takes the place of the tables."""

from collections.abc import AsyncIterator
from functools import cached_property

from satchel_attachments_database.cached_documents import CachedDocuments
from satchel_hookspecs import Place, PluginContext
from satchel_memcache import CANNOT, Memcache, MemcachePieces
from satchel_memcache.frames import LARGEST


class Cache:
    """Documents and pieces on the memcached hosts.

    A piece that no document refers to is gone after ``grace`` seconds by itself.
    """

    cannot = CANNOT

    def __init__(self, ctx: PluginContext, grace: float) -> None:
        self._memcache = Memcache.of(ctx)
        self._clock = ctx.clock
        self._grace = grace

    @cached_property
    def pieces(self) -> MemcachePieces:
        """The bytes."""
        return self._memcache.pieces(self._grace)

    @cached_property
    def documents(self) -> CachedDocuments:
        """What is known of them."""
        return CachedDocuments(self._memcache, self.pieces, self._clock)

    async def write(
        self, place: Place, piece: str, frames: AsyncIterator[tuple[int, bytes]]
    ) -> None:
        """Keep the frames of a new piece, for as long as the compose counts if they are whole."""
        await self.pieces.write(place, piece, frames, self.documents.expires)

    async def check(self) -> None:
        """``UnusableMemcache`` when a host takes no item as large as a block."""
        self._memcache.expect_room(LARGEST)
