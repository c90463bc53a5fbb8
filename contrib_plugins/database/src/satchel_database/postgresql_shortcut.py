"""asyncpg, spoken to directly."""

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import Connection, Executable
from sqlalchemy.exc import DBAPIError, IntegrityError

from satchel_database.prepared import Prepared, Values
from satchel_database.rows import Rows
from satchel_database.shortcut import Errors, Result, wrap
from satchel_database.silence import is_silent
from satchel_database.start import code

READ_ONLY = "25006"
Driver = Any  # asyncpg has no types


class PostgresqlShortcut:
    """One message there and one back; asyncpg keeps what the server has prepared."""

    errors: Errors = (
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
        OSError,
    )

    def is_open(self, driver: Driver) -> bool:
        return not driver.is_closed()

    def is_silent(self, driver: Driver) -> bool:
        return is_silent(driver._transport)

    def is_lost(self, driver: Driver, error: Exception) -> bool:
        # A dying server's last bytes can leave a driver that does not know what it waits for. By
        # READ_ONLY a server says that it is the writer no more.
        confused = isinstance(error, asyncpg.InternalClientError)
        return driver.is_closed() or confused or code(error) == READ_ONLY

    def wrap(self, error: Exception, text: str, lost: bool) -> DBAPIError:
        broken = isinstance(error, asyncpg.IntegrityConstraintViolationError)
        return IntegrityError(text, None, error, True) if broken else wrap(error, text, lost)

    async def kinds(self, driver: Driver, text: str) -> Sequence[object]:
        return [each.type.oid for each in (await driver.prepare(text)).get_attributes()]

    async def run(self, driver: Driver, prepared: Prepared, arguments: Sequence[Any]) -> Rows:
        if prepared.answers:
            found = await driver.fetch(prepared.text, *arguments)
            return Rows(found, len(found))
        # such as "UPDATE 1" and "INSERT 0 1"
        tag: str = await driver.execute(prepared.text, *arguments)
        return Rows((), int(tag.rpartition(" ")[2]))

    async def run_all(
        self, driver: Driver, prepared: Prepared, rows: Sequence[Sequence[Any]]
    ) -> None:
        # A transaction by itself, sent whole before an answer is awaited. The driver asks which
        # task it is in.
        await asyncio.create_task(driver.executemany(prepared.text, rows))

    def run_slowly(self, connection: Connection, statement: Executable, values: Values) -> Result:
        return connection.execute(statement, values)
