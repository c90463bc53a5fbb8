"""PostgreSQL: how transactions begin and end, and what its errors mean."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import ColumnElement, Double, cast, event, func
from sqlalchemy import text as sql
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from satchel_database.dsn import Dsn
from satchel_database.errors import Overtaken, UnfitServer, UnusableDatabase
from satchel_database.family import Purpose
from satchel_database.idle import IdlePool
from satchel_database.lane import Lane
from satchel_database.manner import Manner, Sources, saying
from satchel_database.postgresql_server import IDENTITY, PostgresqlReach, PostgresqlServer
from satchel_database.postgresql_shortcut import READ_ONLY, PostgresqlShortcut
from satchel_database.quiet import LOG, keep_rows_out_of_logs, strip_values
from satchel_database.shortcut import refuse_closed
from satchel_database.start import check_kinship, code, is_mistake, refusal, text
from satchel_database.tls import check_files
from satchel_hookspecs import StorageFull, Unavailable

# Server gone, no resources, conflict with another transaction or with the replay, read only.
FAILURES = ("08", "53", "57", "58", "XX", "40", "28")
CODES = {"55P03", "25006"}
FULL = "53100"
OVERTAKEN = {"40001", "40P01"}
CONNECTING = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, UnusableDatabase)


class Postgresql:
    """A cluster of PostgreSQL: the server that can be written, and a replica."""

    def __init__(self, writer: Dsn, replica: Dsn | None) -> None:
        self._writer = PostgresqlServer(writer)
        self._replica = PostgresqlServer(replica or writer, self._writer)
        rollback = saying("ROLLBACK")
        begin_look = saying("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        self.writing = Manner(saying("BEGIN READ WRITE"), _commit, rollback)
        self.changing = replace(self.writing, commit=saying("COMMIT"))
        self.looking = Manner(begin_look, rollback, rollback)
        self.replica = Manner(rollback=rollback)

    @property
    def reached(self) -> PostgresqlReach | None:
        return self._writer.reached

    async def prepare(self, seconds: float) -> None:
        try:
            check_files(self._writer.dsn)
            connection = await self._writer.connect(seconds)
        except CONNECTING as error:
            raise refusal("db_dsnw", error, self._writer.dsn) from error
        await connection.close(timeout=seconds)

    async def prepare_replica(self, seconds: float) -> str:
        try:
            check_files(self._replica.dsn)
            connection = await self._replica.connect(seconds)
        except CONNECTING as error:
            if is_mistake(error):
                raise refusal("db_dsnr", error, self._replica.dsn) from error
            return f"The reader cannot be used: {text(error)}"
        await connection.close(timeout=seconds)
        check_kinship(self._replica.reached, self.reached)
        return ""

    def lane(self, purpose: Purpose, places: int, seconds: float) -> Lane:
        server = self._replica if purpose == "replica" else self._writer
        engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=partial(server.connect, seconds),
            isolation_level="AUTOCOMMIT",
            logging_name=LOG,
            poolclass=IdlePool,
            pool_reset_on_return=None,
            hide_parameters=True,
        )
        keep_rows_out_of_logs()
        shortcut = PostgresqlShortcut()
        event.listen(engine.sync_engine, "checkout", partial(refuse_closed, shortcut))
        if purpose != "replica":
            event.listen(engine.sync_engine, "handle_error", _leave_read_only)
        hangs = 1 if purpose == "replica" else 3
        return Lane(engine, places, translate, shortcut, hangs)

    def now(self, clock: Callable[[], float]) -> ColumnElement[float]:
        return cast(func.extract("epoch", func.statement_timestamp()), Double)

    async def reach(self, connection: AsyncConnection) -> PostgresqlReach:
        return await _reach(connection)

    async def lock(self, connection: AsyncConnection, name: str, seconds: float) -> None:
        await connection.execute(
            sql("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name}
        )


def translate(error: Exception) -> Exception:
    """What the contract says of it; a mistake in a statement stays what it is."""
    strip_values(error)
    if isinstance(error, (OSError, UnfitServer)):
        return Unavailable(f"The database cannot be reached: {text(error)}.")
    cause = error.orig if isinstance(error, DBAPIError) else None
    found = code(cause)
    if found == FULL:
        return StorageFull("The database has no room left.")
    if found in OVERTAKEN:
        return Overtaken(f"Other changes came first: {cause}.")
    gone = isinstance(error, DBAPIError) and error.connection_invalidated
    if gone or found in CODES or found.startswith(FAILURES):
        return Unavailable(f"The database cannot be used at the moment: {cause}.")
    return error


async def _reach(connection: AsyncConnection) -> PostgresqlReach:
    row = (await connection.exec_driver_sql(IDENTITY)).mappings().one()
    return PostgresqlReach(row["system"], row["timeline"], row["lsn"])


async def _commit(connection: AsyncConnection) -> Sources:
    await connection.exec_driver_sql("COMMIT")
    return (await _reach(connection)).sources


def _leave_read_only(context: ExceptionContext) -> None:
    # The server was the writer, and is not any more: the next connection finds the one that is.
    if code(context.original_exception) == READ_ONLY:
        context.is_disconnect = True
