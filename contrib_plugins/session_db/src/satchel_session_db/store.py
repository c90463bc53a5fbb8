"""The store: sessions as rows, each replaced in one statement."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from sqlalchemy import Delete, Update
from sqlalchemy.exc import IntegrityError

from satchel_database import Database
from satchel_hookspecs import (
    PluginContext,
    SessionInfo,
    SessionRecord,
    SessionStore,
    Version,
    hookimpl,
)
from satchel_session_db.table import SessionsTable

MIGRATIONS = Path(__file__).parent / "migrations"
BATCH = 500


class DatabaseSessions(SessionStore):
    """Sessions in a table; the writer alone is asked, so that no answer is ever old."""

    capabilities: ClassVar[frozenset[str]] = SessionStore.capabilities | {"multi_process"}
    requires: ClassVar[tuple[str, ...]] = ("database",)

    @cached_property
    def _database(self) -> Database:
        return Database.of(self.ctx)

    @cached_property
    def _table(self) -> SessionsTable:
        return SessionsTable(self._database)

    @hookimpl
    @asynccontextmanager
    async def plugin_lifespan(self, ctx: PluginContext) -> AsyncIterator[None]:
        await self._database.migrate("session_db", MIGRATIONS)
        yield

    async def _read(self, key: str) -> SessionRecord | None:
        row = (await self._database.look_up(self._table.read, {"of": key})).one_or_none()
        return None if row is None else SessionRecord(row[0], Version(row[1]), row[2], row[3])

    async def _create(
        self, key: str, data: bytes, version: Version, ttl: int, owner: str | None
    ) -> bool:
        new = {"key": key, "data": data, "version": version, "owner": owner, "seconds": ttl}
        try:
            await self._database.change(self._table.create, new)
        except IntegrityError:
            return await self._changes(self._table.take_over, of=key, **new)
        return True

    async def _replace(
        self, key: str, data: bytes, version: Version, expect: Version, ttl: int, owner: str | None
    ) -> bool:
        new = {"data": data, "version": version, "owner": owner, "seconds": ttl}
        return await self._changes(self._table.replace, of=key, expect=expect, **new)

    async def _extend(self, key: str, ttl: int) -> bool:
        return await self._changes(self._table.extend, of=key, seconds=ttl)

    async def _drop(self, key: str) -> bool:
        return await self._changes(self._table.drop, of=key)

    async def _owned(self, owner: str) -> Sequence[SessionInfo]:
        rows = await self._database.look_up(self._table.owned, {"whose": owner})
        return [SessionInfo(*row) for row in rows]

    async def _sweep(self, limit: int) -> int:
        removed, swept, size = 0, 0, 0
        while swept == size and removed < limit:
            size = min(BATCH, limit - removed)
            swept = await self._sweep_batch(size)
            removed += swept
        return removed

    async def _sweep_batch(self, size: int) -> int:
        async with self._database.write() as connection:
            found = await connection.execute(self._table.expired, {"most": size})
            swept = await connection.execute(self._table.sweep, {"keys": found.scalars().all()})
        return swept.rowcount

    async def _changes(self, statement: Update | Delete, **values: object) -> bool:
        return (await self._database.change(statement, values)).rowcount == 1
