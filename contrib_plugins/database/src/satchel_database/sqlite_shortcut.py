"""sqlite3 in the thread of its connection, with one trip there and back."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.exc import DBAPIError

from satchel_database.driver import Driver
from satchel_database.prepared import Prepared, Values
from satchel_database.rows import Rows
from satchel_database.shortcut import Errors, Result, wrap


class SqliteShortcut:
    """Every statement is a transaction that SQLite begins and commits by itself."""

    errors: Errors = (sqlite3.Error,)

    def is_open(self, driver: Driver) -> bool:
        return driver.is_open

    def is_silent(self, driver: Driver) -> bool:
        return True  # a file says nothing

    def is_lost(self, driver: Driver, error: Exception) -> bool:
        return not driver.is_open

    def wrap(self, error: Exception, text: str, lost: bool) -> DBAPIError:
        return wrap(error, text, lost)

    async def kinds(self, driver: Driver, text: str) -> None:
        return None

    async def run(self, driver: Driver, prepared: Prepared, arguments: Sequence[Any]) -> Rows:
        return Rows(*await driver.run_alone(prepared.text, arguments))

    async def run_all(
        self, driver: Driver, prepared: Prepared, rows: Sequence[Sequence[Any]]
    ) -> None:
        await driver.run_all(prepared.text, rows)

    def run_slowly(self, connection: Connection, statement: Executable, values: Values) -> Result:
        driver = connection.connection.driver_connection
        assert isinstance(driver, Driver)
        driver.begins = False
        try:
            return connection.execute(statement, values)
        finally:
            driver.begins = True
