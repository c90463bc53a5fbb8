"""The database store: the seven primitives on the rows of documents and pieces."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from satchel_attachments_database.documents import Documents
from satchel_attachments_database.pieces import Pieces
from satchel_database import Database
from satchel_hookspecs import (
    AttachmentStore,
    ChecksumMismatch,
    GcReport,
    Place,
    PluginContext,
    Ref,
    hookimpl,
)
from satchel_hookspecs.group import Entry

log = logging.getLogger(__name__)
MIGRATIONS = Path(__file__).parent / "migrations"


class DatabaseAttachments(AttachmentStore):
    """Attachments in tables; the writer alone is asked, so that no answer is ever old.

    Extend it and override any hook or primitive; the rest goes on to keep the contract.
    """

    requires: ClassVar[tuple[str, ...]] = ("database",)
    capabilities: ClassVar[frozenset[str]] = frozenset({"multi_process"})

    @cached_property
    def _database(self) -> Database:
        return Database.of(self.ctx)

    @cached_property
    def _documents(self) -> Documents:
        return Documents(self._database)

    @cached_property
    def _rows(self) -> Pieces:
        return Pieces(self._database, self.grace)

    @hookimpl
    @asynccontextmanager
    async def plugin_lifespan(self, ctx: PluginContext) -> AsyncIterator[None]:
        await self._database.migrate("attachments_database", MIGRATIONS)
        yield

    @hookimpl
    async def attachment_gc(self, limit: int) -> GcReport:
        """As the contract says; looks at what an index says is due, not at every compose."""
        refs = list[Ref]()
        expired = await self._documents.expired(limit)
        for place in expired:
            if len(refs) >= limit:
                break
            refs += [Ref(place.owner, place.group, entry.id) for entry in await self._end(place)]
        left = limit - len(refs)
        due = await self._rows.due(left) if left > 0 else ()
        strays = sum([await self._look_through(place) for place in dict.fromkeys(due)])
        more = len(expired) == limit or len(due) >= left
        return GcReport(len(refs) + strays, more, tuple(refs))

    async def _end(self, place: Place) -> Sequence[Entry]:
        try:
            return await self._end_expired(place)
        except ChecksumMismatch:
            # Left where it is, it would be the first that every sweep meets.
            log.warning("A damaged list of attachments is over its time and deleted: %s.", place)
            await self._documents.drop_expired(place)
            return ()

    async def _look_through(self, place: Place) -> int:
        try:
            dropped = await self._drop_strays(place)
        except ChecksumMismatch:
            log.warning("A damaged list of attachments keeps its pieces: %s.", place)
            dropped = 0
        await self._rows.postpone(place)
        return dropped

    async def _write(
        self, place: Place, piece: str, frames: AsyncIterator[tuple[int, bytes]]
    ) -> None:
        await self._rows.write(place, piece, frames)

    def _read(self, place: Place, piece: str, first: int, stop: int) -> AsyncGenerator[bytes, None]:
        return self._rows.read(place, piece, first, stop)

    async def _drop(self, place: Place, piece: str) -> None:
        await self._rows.drop(place, piece)

    async def _load(self, place: Place) -> tuple[bytes | None, object]:
        return await self._documents.load(place)

    async def _store(self, place: Place, document: bytes | None, token: object) -> bool:
        if not isinstance(token, str | None):
            raise TypeError(f"{token!r} does not come from _load")
        return await self._documents.store(place, document, token)

    def _places(self, owner: str | None) -> AsyncGenerator[Place, None]:
        return self._documents.places(owner)

    async def _pieces(self, place: Place) -> Sequence[tuple[str, float]]:
        return await self._rows.list(place)

    async def _now(self) -> float:
        return await self._documents.now()
