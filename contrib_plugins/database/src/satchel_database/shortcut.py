"""The way past SQLAlchemy for a statement that is a transaction by itself."""

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import greenlet_spawn

from satchel_database.idle import Idle, Sight, pool_of
from satchel_database.prepared import Prepared, PreparedStatements, Values
from satchel_database.quiet import strip_values
from satchel_database.rows import Rows

Errors = tuple[type[Exception], ...]
Driver = Any  # each driver has a class of its own
Result = CursorResult[*tuple[Any, ...]]


class Shortcut(Sight, Protocol):
    """How a driver is spoken to."""

    errors: Errors

    def is_lost(self, driver: Driver, error: Exception) -> bool:
        """Whether an error says that no connection made up to now must be used again."""

    def wrap(self, error: Exception, text: str, lost: bool) -> DBAPIError:
        """The error as SQLAlchemy would have raised it."""

    async def kinds(self, driver: Driver, text: str) -> Sequence[object] | None:
        """The driver's type of each column, ``None`` if it has no say in how rows are read."""

    async def run(self, driver: Driver, prepared: Prepared, arguments: Sequence[Any]) -> Rows:
        """Run a statement; its rows are as the driver has them."""

    async def run_all(
        self, driver: Driver, prepared: Prepared, rows: Sequence[Sequence[Any]]
    ) -> None:
        """Run a statement with each of these arguments, all in one transaction."""

    def run_slowly(self, connection: Connection, statement: Executable, values: Values) -> Result:
        """Run a statement that only SQLAlchemy can run."""


def refuse_closed(
    shortcut: Shortcut, connection: Any, _entry: object, _proxy: object
) -> None:  # Any: the adapter of any driver
    """Let a pool open another connection in place of one that was dropped."""
    driver = connection.driver_connection
    if not (shortcut.is_open(driver) and shortcut.is_silent(driver)):
        raise DisconnectionError


def wrap(error: Exception, text: str, lost: bool) -> DBAPIError:
    """The error of a driver whose classes have the names that all drivers should use."""
    wrapped = DBAPIError.instance(
        text, None, error, Exception, hide_parameters=True, connection_invalidated=lost
    )
    assert isinstance(wrapped, DBAPIError)
    return wrapped


class Shortcuts:
    """Runs statements on idle connections of an engine.

    What may need a task, such as opening a connection, gets one of its own.
    """

    def __init__(self, engine: AsyncEngine, shortcut: Shortcut) -> None:
        self._engine = engine
        self._shortcut = shortcut
        self._statements = PreparedStatements(engine.dialect)
        self._pool = pool_of(engine)

    async def run(self, statement: Executable, *rows: Values) -> Rows:
        """Run one statement, and return its whole answer.

        With several rows of values it is run for each, in one transaction, and nothing is answered.
        """
        prepared = self._statements.find(statement, rows[0])
        if prepared is None:
            return await asyncio.create_task(greenlet_spawn(self._run_slowly, statement, *rows))
        if len(rows) > 1 and any(row.keys() != rows[0].keys() for row in rows):
            raise KeyError(f"Every row needs a value for each of {', '.join(rows[0])}.")
        given = [prepared.arguments(values) for values in rows]
        idle = self._pool.take(self._shortcut)
        if idle is None:
            idle = await asyncio.create_task(self._open())
        driver, shortcut = idle.driver, self._shortcut
        try:
            if not prepared.is_learned:
                prepared.learn(await shortcut.kinds(driver, prepared.text))
            if len(given) == 1:
                found = await shortcut.run(driver, prepared, given[0])
            else:
                await shortcut.run_all(driver, prepared, given)
                found = Rows((), len(given))
        except shortcut.errors as error:
            lost = shortcut.is_lost(driver, error)
            if lost:
                self._pool.outdate()
            self._pool.give(idle)
            strip_values(error)
            raise shortcut.wrap(error, prepared.text, lost) from error
        except BaseException:
            # Nobody knows what the connection was in the midst of.
            await asyncio.create_task(greenlet_spawn(idle.entry.invalidate))
            self._pool.give(idle)
            raise
        self._pool.give(idle)
        return prepared.finish(found)

    async def _open(self) -> Idle:
        await greenlet_spawn(self._warm)
        idle = self._pool.take(self._shortcut)
        if idle is None:
            raise ConnectionResetError("The connection was closed at once.")
        return idle

    def _warm(self) -> None:
        self._engine.sync_engine.connect().close()

    def _run_slowly(self, statement: Executable, *rows: Values) -> Rows:
        if len(rows) > 1:
            raise TypeError(f"This is compiled each time, and not for many rows: {statement}")
        with self._engine.sync_engine.connect() as connection:
            result = self._shortcut.run_slowly(connection, statement, rows[0])
            found = result.all() if result.returns_rows else ()
            return Rows(found, result.rowcount)
