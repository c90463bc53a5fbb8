"""MariaDB: how transactions begin and end, and what its errors mean."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from asyncmy.errors import MySQLError
from sqlalchemy import ColumnElement, Double, event, literal_column
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
from satchel_database.mariadb_server import MariadbReach, MariadbServer, parse
from satchel_database.mariadb_shortcut import MariadbShortcut
from satchel_database.quiet import LOG, keep_rows_out_of_logs, strip_values
from satchel_database.shortcut import refuse_closed
from satchel_database.start import code, is_mistake, refusal, text
from satchel_database.tls import check_files
from satchel_hookspecs import StorageFull, Unavailable

CONNECTING = (OSError, MySQLError, UnusableDatabase, Unavailable)
READ_ONLY = {"1290", "1792"}
FULL = {"1021", "1114"}
OVERTAKEN = {"1020", "1213"}
# Server gone or full, lock not had, too slow.
FAILURES = READ_ONLY | {
    "1040", "1053", "1077", "1079", "1129", "1152", "1158", "1159", "1160", "1161", "1184",
    "1203", "1205", "1226", "1317", "1927", "1969", "2002", "2003", "2006", "2013", "2014",
    "2055", "4031", "4166",
}  # fmt: skip


class Mariadb:
    """A group of MariaDB: the server that can be written, and a replica."""

    def __init__(self, writer: Dsn, replica: Dsn | None) -> None:
        self._writer = MariadbServer(writer)
        self._replica = MariadbServer(replica or writer, self._writer)
        rollback = saying("ROLLBACK")
        self.writing = Manner(saying("START TRANSACTION READ WRITE"), self._commit, rollback)
        self.changing = replace(self.writing, commit=saying("COMMIT"))
        self.looking = Manner(saying("START TRANSACTION READ ONLY"), rollback, rollback)
        self.replica = Manner(rollback=rollback)

    @property
    def reached(self) -> MariadbReach | None:
        return self._writer.reached

    async def prepare(self, seconds: float) -> None:
        try:
            check_files(self._writer.dsn)
            connection = await self._writer.connect(seconds)
        except CONNECTING as error:
            raise refusal("db_dsnw", error, self._writer.dsn) from error
        await connection.ensure_closed()

    async def prepare_replica(self, seconds: float) -> str:
        try:
            check_files(self._replica.dsn)
            connection = await self._replica.connect(seconds)
        except CONNECTING as error:
            if is_mistake(error):
                raise refusal("db_dsnr", error, self._replica.dsn) from error
            return f"The reader cannot be used: {text(error)}"
        await connection.ensure_closed()
        return ""

    def lane(self, purpose: Purpose, places: int, seconds: float) -> Lane:
        server = self._replica if purpose == "replica" else self._writer
        engine = create_async_engine(
            "mariadb+asyncmy://",
            async_creator=partial(server.connect, seconds),
            isolation_level="AUTOCOMMIT",
            skip_autocommit_rollback=True,
            logging_name=LOG,
            poolclass=IdlePool,
            pool_reset_on_return=None,
            hide_parameters=True,
        )
        keep_rows_out_of_logs()
        shortcut = MariadbShortcut()
        event.listen(engine.sync_engine, "checkout", partial(refuse_closed, shortcut))
        event.listen(engine.sync_engine, "handle_error", _leave_read_only)
        hangs = 1 if purpose == "replica" else 3
        return Lane(engine, places, translate, shortcut, hangs)

    def now(self, clock: Callable[[], float]) -> ColumnElement[float]:
        # Written out: with a parameter for the 6 the server prepares none of these statements.
        return literal_column("(unix_timestamp(now(6)) + 0e0)", Double)

    async def reach(self, connection: AsyncConnection) -> MariadbReach:
        # Not gtid_current_pos, which counts what an administrator does on the replica itself.
        row = (await connection.exec_driver_sql("SELECT @@gtid_slave_pos")).one()
        known = self._writer.reached
        return MariadbReach(known.cluster if known else "", parse(row[0]))

    async def lock(self, connection: AsyncConnection, name: str, seconds: float) -> None:
        # The lock lives as long as the connection.
        named = sql("SELECT GET_LOCK(SHA1(CONCAT(DATABASE(), '.', :name)), :seconds)")
        held = await connection.execute(named, {"name": name, "seconds": seconds})
        if held.scalar_one() != 1:
            raise Unavailable("Another node changes the tables, and is not done in time.")
        # A change of a table ends the transaction; the rows after it begin one of their own, which
        # ends together with the note that the revision is done.
        await connection.exec_driver_sql("SET SESSION autocommit = 0")

    async def _commit(self, connection: AsyncConnection) -> Sources:
        await connection.exec_driver_sql("COMMIT")
        row = (await connection.exec_driver_sql("SELECT @@last_gtid")).one()
        known = self._writer.reached
        return MariadbReach(known.cluster, parse(row[0])).sources if known else {}


def translate(error: Exception) -> Exception:
    """What the contract says of it; a mistake in a statement stays what it is."""
    strip_values(error)
    if isinstance(error, (OSError, UnfitServer)):
        return Unavailable(f"The database cannot be reached: {text(error)}.")
    cause = error.orig if isinstance(error, DBAPIError) else None
    if code(cause) in FULL:
        return StorageFull("The database has no room left.")
    if code(cause) in OVERTAKEN:
        return Overtaken(f"Other changes came first: {cause}.")
    gone = isinstance(error, DBAPIError) and error.connection_invalidated
    if gone or code(cause) in FAILURES:
        return Unavailable(f"The database cannot be used at the moment: {cause}.")
    return error


def _leave_read_only(context: ExceptionContext) -> None:
    # The server was the writer, and is not any more: the next connection finds the one that is.
    if code(context.original_exception) == "1290":
        context.is_disconnect = True
