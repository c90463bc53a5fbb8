"""asyncmy, spoken to directly."""

from collections.abc import Sequence
from typing import Any

from asyncmy.errors import MySQLError
from sqlalchemy import Connection, Executable
from sqlalchemy.exc import DBAPIError

from satchel_database.prepared import Prepared, Values
from satchel_database.rows import Rows
from satchel_database.shortcut import Errors, Result, wrap
from satchel_database.silence import is_silent
from satchel_database.start import code

LOST = {"1290", "1927", "2006", "2013", "2014", "2055", "4031", "0"}
Driver = Any  # asyncmy has no types for what is used here


class MariadbShortcut:
    """One message there and one back; asyncmy keeps what the server has prepared."""

    errors: Errors = (MySQLError, OSError)

    def is_open(self, driver: Driver) -> bool:
        return not driver._stream_broken

    def is_silent(self, driver: Driver) -> bool:
        return is_silent(driver._transport)

    def is_lost(self, driver: Driver, error: Exception) -> bool:
        return driver._stream_broken or code(error) in LOST

    def wrap(self, error: Exception, text: str, lost: bool) -> DBAPIError:
        return wrap(error, text, lost)

    async def kinds(self, driver: Driver, text: str) -> None:
        return None

    async def run(self, driver: Driver, prepared: Prepared, arguments: Sequence[Any]) -> Rows:
        cursor = driver.cursor()
        touched = await cursor.execute(prepared.text, arguments)
        return Rows(await cursor.fetchall() if prepared.answers else (), touched)

    async def run_all(
        self, driver: Driver, prepared: Prepared, rows: Sequence[Sequence[Any]]
    ) -> None:
        cursor = driver.cursor()
        await driver.begin()
        try:
            # All rows in one message, as bytes: asyncmy knows MariaDB's bulk execution.
            await cursor.executemany(prepared.text, rows)
            await driver.commit()
        except self.errors as error:
            # Whoever gets the connection next must not go on with this transaction.
            if not self.is_lost(driver, error):
                await driver.rollback()
            raise

    def run_slowly(self, connection: Connection, statement: Executable, values: Values) -> Result:
        return connection.execute(statement, values)
