"""The database store: the seven primitives on the rows of documents and pieces."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from satchel_attachments_database.documents import Documents
from satchel_attachments_database.pieces import Pieces
from satchel_attachments_database.sweep import Sweep
from satchel_database import Database
from satchel_hookspecs import AttachmentStore, GcReport, Place, PluginContext, hookimpl

if TYPE_CHECKING:
    from satchel_attachments_database.cache import Cache
    from satchel_attachments_database.cached_documents import CachedDocuments
    from satchel_memcache import MemcachePieces

MIGRATIONS = Path(__file__).parent / "migrations"


class DatabaseAttachments(AttachmentStore):
    """Attachments in tables; the writer alone is asked, so that no answer is ever old.

    With ``cache = "memcache"`` they are in memcached instead, each block on two hosts.

    Extend it and override any hook or primitive; the rest goes on to keep the contract.
    """

    capabilities: ClassVar[frozenset[str]] = frozenset({"multi_process"})

    @dataclass(frozen=True)
    class Config:
        """``cache``: what keeps the attachments, the database or memcached."""

        cache: Literal["database", "memcache"] = "database"

    @classmethod
    def requires(cls, options: Mapping[str, object]) -> tuple[str, ...]:
        """The plugin that keeps what these options say."""
        return ("memcache",) if options.get("cache") == "memcache" else ("database",)

    def __init__(self, config: Config | None, ctx: PluginContext) -> None:
        super().__init__(config, ctx)
        self._is_cached = config is not None and config.cache == "memcache"
        self.cannot = self._cache.cannot if self._is_cached else ()

    @cached_property
    def _database(self) -> Database:
        return Database.of(self.ctx)

    @cached_property
    def _documents(self) -> "Documents | CachedDocuments":
        if self._is_cached:
            return self._cache.documents
        return Documents(self._database)

    @cached_property
    def _rows(self) -> "Pieces | MemcachePieces":
        if self._is_cached:
            return self._cache.pieces
        return Pieces(self._database, self.grace)

    @cached_property
    def _cache(self) -> "Cache":
        # An extra: only who has chosen it needs to have it installed.
        from satchel_attachments_database.cache import Cache

        return Cache(self.ctx, self.grace)

    @hookimpl
    @asynccontextmanager
    async def plugin_lifespan(self, ctx: PluginContext) -> AsyncIterator[None]:
        if self._is_cached:
            await self._cache.check()
        else:
            await self._database.migrate("attachments_database", MIGRATIONS)
        yield

    @hookimpl
    async def attachment_gc(self, limit: int) -> GcReport:
        documents, rows = self._documents, self._rows
        if isinstance(documents, Documents) and isinstance(rows, Pieces):
            sweep = Sweep(documents, rows, self._end_expired, self._drop_strays)
            return await sweep.run(limit)
        return await super().attachment_gc(limit)

    async def _write(
        self, place: Place, piece: str, frames: AsyncIterator[tuple[int, bytes]]
    ) -> None:
        if self._is_cached:
            await self._cache.write(place, piece, frames)
        else:
            await self._rows.write(place, piece, frames)

    def _read(self, place: Place, piece: str, first: int, stop: int) -> AsyncGenerator[bytes, None]:
        return self._rows.read(place, piece, first, stop)

    async def _drop(self, place: Place, piece: str) -> None:
        await self._rows.drop(place, piece)

    async def _load(self, place: Place) -> tuple[bytes | None, object]:
        return await self._documents.load(place)

    async def _store(self, place: Place, document: bytes | None, token: Any) -> bool:
        # Any: what _load gave, of which each kind of documents has its own.
        return await self._documents.store(place, document, token)

    def _places(self, owner: str | None) -> AsyncGenerator[Place, None]:
        return self._documents.places(owner)

    async def _pieces(self, place: Place) -> Sequence[tuple[str, float]]:
        return await self._rows.list(place)

    async def _now(self) -> float:
        return await self._documents.now()
