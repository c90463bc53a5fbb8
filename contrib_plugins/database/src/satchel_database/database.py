"""The plugin: one database, shared by all stores of the process that keep tables."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from sqlalchemy import Column, ColumnElement, Double, Index, MetaData, Table, bindparam, select

from satchel_database.config import DatabaseConfig
from satchel_database.connection import Connection
from satchel_database.dsn import parse_dsn
from satchel_database.errors import UnusableDatabase
from satchel_database.lane import Lane
from satchel_database.migrations import Migrations
from satchel_database.prefix import parse_prefix
from satchel_database.sqlite import READER, WRITER, make_engine, translate
from satchel_database.sqlite_file import SqliteFile
from satchel_hookspecs import Health, PluginContext, StoreError, hookimpl

HEALTH_SECONDS = 0.4
LOCK_SHARE = 0.8


class Database:
    """Transactions by intent: the caller says whether it writes, and how fresh it must read.

    Keep a transaction short: one that writes keeps all others waiting, and none lives longer than
    ``deadline``. When it cannot be had the block raises ``Unavailable``; raised at its end, this
    means that nobody knows whether it was committed.
    """

    Config = DatabaseConfig

    def __init__(self, config: DatabaseConfig, ctx: PluginContext) -> None:
        self.config = config
        self.ctx = ctx
        self.prefix = parse_prefix(config.db_prefix)
        self._file = SqliteFile(parse_dsn(config.db_dsnw))
        self._lanes: tuple[Lane, Lane] | None = None

    @classmethod
    def of(cls, ctx: PluginContext) -> "Database":
        """The database of a plugin that has ``requires = ("database",)``."""
        found = ctx.plugins.get("database")
        if not isinstance(found, cls):
            raise UnusableDatabase(
                f'The plugin "{ctx.name}" keeps tables: add "database" to the plugins in use.'
            )
        return found

    def write(self) -> AbstractAsyncContextManager[Connection]:
        """A transaction of the writer, committed when the block ends well."""
        return self._started[0].transaction(self.config.deadline)

    def read_latest(self) -> AbstractAsyncContextManager[Connection]:
        """A look at the last committed state: the writer is asked, whatever readers there are."""
        return self._started[1].transaction(self.config.deadline)

    def read(self, *tables: str) -> AbstractAsyncContextManager[Connection]:
        """A look at these tables (named without prefix) that may be answered by a reader.

        Only by one that has come as far as ``current_position()``; SQLite has no other reader than
        the file itself.
        """
        return self.read_latest()

    def now(self) -> ColumnElement[float]:
        """Seconds since 1970 by the database's clock: a part of a statement, read when it runs."""
        return bindparam("now", callable_=self.ctx.clock, type_=Double, unique=True)

    def table(self, name: str, *parts: Column[object] | Index) -> Table:
        """A table under the prefix."""
        return Table(self.prefix.name(name), MetaData(schema=self.prefix.schema), *parts)

    async def migrate(self, plugin: str, folder: Path) -> None:
        """Bring the tables of a plugin to the newest state; safe on many nodes at once.

        ``folder`` holds alembic scripts, each with ``def upgrade(op, prefix) -> None``. All of
        them are applied or none.
        """
        if not await self.pending(plugin, folder):
            return
        migrations, seconds = (
            Migrations(plugin, folder, self.prefix),
            self.config.migration_deadline,
        )
        lane = self._writer(seconds)
        try:
            async with lane.transaction(seconds) as connection:
                await connection.run(migrations.apply)
        finally:
            await lane.close(seconds)

    async def pending(self, plugin: str, folder: Path) -> Sequence[str]:
        """The revisions that the tables of a plugin do not have yet, oldest first."""
        migrations = Migrations(plugin, folder, self.prefix)
        async with self.read_latest() as connection:
            return await connection.run(migrations.pending)

    @hookimpl
    @asynccontextmanager
    async def plugin_lifespan(self, ctx: PluginContext) -> AsyncIterator[None]:
        config = self.config
        await self._file.prepare(config.deadline)
        writer = self._writer(config.deadline)
        readers = self._readers(config.deadline)
        self._lanes = writer, readers
        try:
            yield
        finally:
            self._lanes = None
            await readers.close(config.deadline)
            await writer.close(config.deadline)

    @hookimpl
    async def plugin_health(self) -> Health:
        if self._lanes is None:
            return Health("failed", "The database is not open.")
        writer, readers = self._lanes
        try:
            async with readers.transaction(HEALTH_SECONDS) as connection:
                await connection.execute(select(1))
        except StoreError as error:
            return Health("failed", f"It cannot be read: {error}")
        try:
            async with writer.transaction(HEALTH_SECONDS) as connection:
                await connection.execute(select(1))
        except StoreError as error:
            return Health("degraded", f"It can be read but not written: {error}")
        return Health("ok")

    def _writer(self, seconds: float) -> Lane:
        wait = seconds * LOCK_SHARE
        return Lane(make_engine(self._file.path, WRITER, 1, wait), 1, translate)

    def _readers(self, seconds: float) -> Lane:
        size, wait = self.config.readers, seconds * LOCK_SHARE
        return Lane(make_engine(self._file.path, READER, size, wait), size, translate)

    @property
    def _started(self) -> tuple[Lane, Lane]:
        if self._lanes is None:
            raise UnusableDatabase("The database is not open: it was used outside of its lifespan.")
        return self._lanes
