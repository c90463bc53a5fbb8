"""The connection below SQLAlchemy's: aiosqlite's, with one trip to its thread a statement."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiosqlite

Values = Sequence[Any]  # Any: whatever SQLite can keep
Row = tuple[Any, ...]
ROWS_AT_A_TIME = 64


@dataclass(frozen=True, slots=True)
class Role:
    """What a connection is for: its settings, and how its transactions begin."""

    settings: tuple[str, ...]
    begin: str


class Driver(aiosqlite.Connection):
    """A connection whose every statement runs in a transaction, begun when there is none.

    While ``begins`` is false each statement is a transaction by itself.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection], role: Role) -> None:
        super().__init__(partial(_open, connect, role), ROWS_AT_A_TIME)
        self._begin = role.begin
        self.begins = True
        # A thread that hangs in the file system must not keep the process from ending.
        self._thread.daemon = True

    def cursor(self) -> "OneTripCursor":  # type: ignore[override]
        """Not a trip by itself, as it is with aiosqlite."""
        return OneTripCursor(self)

    async def rollback(self) -> None:
        """Not a trip when there is nothing to undo."""
        if self._conn.in_transaction:
            await super().rollback()

    @property
    def is_open(self) -> bool:
        """Whether it has been opened, and not closed."""
        return self._running and self._connection is not None

    async def run_alone(self, text: str, values: Values) -> tuple[list[Row], int]:
        """Run a statement that is a transaction by itself, in one trip.

        The answer is its rows, and how many were found or touched.
        """
        run = lambda: _answer(self._conn, text, values)  # noqa: E731 # aiosqlite logs arguments
        answer: tuple[list[Row], int] = await self._execute(run)  # type: ignore[no-untyped-call]
        return answer

    async def run_all(self, text: str, rows: Sequence[Values]) -> None:
        """Run a statement with each of these, in one transaction and one trip."""
        run = lambda: self._run_all(text, rows)  # noqa: E731 # aiosqlite logs arguments
        await self._execute(run)  # type: ignore[no-untyped-call]

    async def in_transaction_of_thread(
        self, statement: Callable[[sqlite3.Connection], None]
    ) -> None:
        """Let the thread run ``statement``, after beginning a transaction if it must.

        It takes a closure, because aiosqlite logs what it calls with all arguments.
        """
        await self._execute(self._run, statement)  # type: ignore[no-untyped-call]

    def _run_all(self, text: str, rows: Sequence[Values]) -> None:
        self._conn.execute(self._begin)
        try:
            self._conn.executemany(text, rows)
            self._conn.commit()
        except BaseException:
            self._conn.rollback()
            raise

    def _run(self, statement: Callable[[sqlite3.Connection], None]) -> None:
        if self.begins and not self._conn.in_transaction:
            self._conn.execute(self._begin)
        statement(self._conn)


class OneTripCursor:
    """Has run its statement, fetched all rows and closed the real cursor when it answers.

    aiosqlite goes to the thread for each of these, and to begin; that made everything take twice
    as long.
    """

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._rows: list[Row] = []
        self.description: Any = None  # Any: as sqlite3 has it
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> "OneTripCursor":
        return self

    async def execute(self, statement: str, values: Values = ()) -> None:
        """Run the statement once."""
        await self._driver.in_transaction_of_thread(
            lambda connection: self._keep(connection.execute(statement, values))
        )

    async def executemany(self, statement: str, values: Iterable[Values]) -> None:
        """Run the statement once for each of the values."""
        await self._driver.in_transaction_of_thread(
            lambda connection: self._keep(connection.executemany(statement, values))
        )

    async def fetchall(self) -> list[Row]:
        """The rows of the statement."""
        return self._rows

    async def close(self) -> None:
        """Nothing is open any more."""

    def _keep(self, cursor: sqlite3.Cursor) -> None:
        self.description = cursor.description
        self._rows = cursor.fetchall() if cursor.description else []
        self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        cursor.close()


def _answer(connection: sqlite3.Connection, text: str, values: Values) -> tuple[list[Row], int]:
    cursor = connection.execute(text, values)
    if cursor.description is None:
        return [], cursor.rowcount
    found = cursor.fetchall()
    return found, len(found)


def _open(connect: Callable[[], sqlite3.Connection], role: Role) -> sqlite3.Connection:
    connection = connect()
    try:
        for setting in role.settings:
            connection.execute(setting)
    except sqlite3.Error:
        connection.close()
        raise
    return connection
