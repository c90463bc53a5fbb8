"""The plugin: one database, shared by all stores of the process that keep tables."""

from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Column, ColumnElement, Executable, Index, MetaData, Table
from sqlalchemy.exc import DBAPIError

from satchel_database.config import DatabaseConfig
from satchel_database.connection import Connection, Row, Runs
from satchel_database.dsn import parse_dsn
from satchel_database.errors import UnusableDatabase
from satchel_database.families import make_family
from satchel_database.lanes import Lanes, look_at, open_lanes
from satchel_database.migrations import Migrations
from satchel_database.prefix import parse_prefix
from satchel_database.rows import Rows
from satchel_database.start import forbidden, is_forbidden
from satchel_hookspecs import Health, PluginContext, current_position, hookimpl

Block = AbstractAsyncContextManager[Connection]
Answer = Coroutine[Any, Any, Rows]  # Any: as every coroutine has it


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
        self._family = make_family(parse_dsn(config.db_dsnw), config.replica)
        self._lanes: Lanes | None = None
        self._tables = set[str]()

    @classmethod
    def of(cls, ctx: PluginContext) -> "Database":
        """The database of a plugin that has ``requires = ("database",)``."""
        found = ctx.plugins.get("database")
        if not isinstance(found, cls):
            raise UnusableDatabase(
                f'The plugin "{ctx.name}" keeps tables: add "database" to the plugins in use.'
            )
        return found

    def write(self, *, leaves_position: bool = True) -> Block:
        """A transaction of the writer, committed when the block ends well.

        Without a position it is quicker; that is for tables that ``read`` is not used on.
        """
        family, lane = self._family, self._opened.writer
        manner = family.writing if leaves_position else family.changing
        return _connected(lane.transaction(manner, self.config.deadline))

    def read_latest(self) -> Block:
        """A look at the last committed state: the writer is asked, whatever readers there are."""
        lane = self._opened.latest
        return _connected(lane.look(self._family.looking, self.config.deadline))

    def read(self, *tables: str) -> Block:
        """A look at these tables (named without prefix) that may be answered by a reader.

        Only by one that has come as far as ``current_position()``, if ``db_table_dsn`` says
        nothing else of a table; when no reader can answer at once the writer does.
        """
        reader, routes = self._opened.reader, self.config.routes(tables)
        if reader is None or "w" in routes:
            return self.read_latest()
        asked = {} if routes == {"r"} else current_position().as_mapping()
        return _connected(reader.look(asked, self.config.deadline))

    def change(self, statement: Executable, values: Row | None = None) -> Answer:
        """Run one statement as a transaction by itself, on tables that ``read`` is not used on.

        Quicker than ``write``: nothing is sent before or after it, and no position is left.
        """
        lane = self._opened.writer
        return lane.run_alone(self.config.deadline, statement, values or {})

    async def change_all(self, statement: Executable, rows: Sequence[Row]) -> None:
        """Like ``change``, for one statement with each of these rows: all are kept, or none.

        The statement has to be one that is compiled once, such as an ``INSERT``.
        """
        if rows:
            await self._opened.writer.run_alone(self.config.deadline, statement, *rows)

    def look_up(self, statement: Executable, values: Row | None = None) -> Answer:
        """Run one statement of ``read_latest``; it changes nothing."""
        lane = self._opened.latest
        return lane.run_alone(self.config.deadline, statement, values or {})

    def now(self) -> ColumnElement[float]:
        """Seconds since 1970 by the database's clock: a part of a statement, read when it runs."""
        return self._family.now(self.ctx.clock)

    def table(self, name: str, *parts: Column[object] | Index) -> Table:
        """A table under the prefix."""
        self._tables.add(name)
        return Table(self.prefix.name(name), MetaData(schema=self.prefix.schema), *parts)

    async def migrate(self, plugin: str, folder: Path) -> None:
        """Bring the tables of a plugin to the newest state; safe on many nodes at once.

        ``folder`` holds alembic scripts, each with ``def upgrade(op, prefix) -> None``. All of
        them are applied or none; where a change of tables cannot be undone (MariaDB), one that was
        interrupted is done again.
        """
        try:
            if await self.pending(plugin, folder):
                await self._migrate(plugin, folder)
        except DBAPIError as error:
            if not is_forbidden(error):
                raise
            dsn = parse_dsn(self.config.db_dsnw)
            raise forbidden(plugin, error, dsn, self.prefix.schema) from error

    async def _migrate(self, plugin: str, folder: Path) -> None:
        migrations = Migrations(plugin, folder, self.prefix)
        seconds = self.config.migration_deadline
        lane = self._family.lane("write", 1, seconds)
        lock = self.prefix.name(f"satchel_{plugin}")
        try:
            async with lane.transaction(self._family.writing, seconds) as turn:
                await turn.run(lambda connection: self._family.lock(connection, lock, seconds))
                await Connection(turn).run(migrations.apply)
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
        async with open_lanes(self._family, self.config) as opened:
            self._lanes = opened
            try:
                yield
            finally:
                self._lanes = None

    @hookimpl
    async def plugin_health(self) -> Health:
        if self._lanes is None:
            return Health("failed", "The database is not open.")
        health = await look_at(self._lanes, self._family)
        wrong = self.config.check_routes(self._tables)
        return Health("degraded", wrong) if wrong and health.state == "ok" else health

    @property
    def _opened(self) -> Lanes:
        if self._lanes is None:
            raise UnusableDatabase("The database is not open: it was used outside of its lifespan.")
        return self._lanes


@asynccontextmanager
async def _connected(turns: AbstractAsyncContextManager[Runs]) -> AsyncIterator[Connection]:
    async with turns as turn:
        yield Connection(turn)
