"""SQLite as one of the databases: transactions are begun by the driver itself."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, Double, bindparam
from sqlalchemy.ext.asyncio import AsyncConnection

from satchel_database.dsn import Dsn
from satchel_database.family import Purpose
from satchel_database.lane import Lane
from satchel_database.manner import Manner, Sources
from satchel_database.sqlite import READER, WRITER, make_engine, translate
from satchel_database.sqlite_file import SqliteFile
from satchel_database.sqlite_shortcut import SqliteShortcut

LOCK_SHARE = 0.8


class Sqlite:
    """One file; it has one writer at a time, and no replicas."""

    def __init__(self, writer: Dsn) -> None:
        self._file = SqliteFile(writer)
        self._dsn = writer
        usual = Manner(commit=_commit, rollback=_rollback)
        self.writing = self.changing = self.looking = usual

    async def prepare(self, seconds: float) -> None:
        await self._file.prepare(seconds)

    def lane(self, purpose: Purpose, places: int, seconds: float) -> Lane:
        role = WRITER if purpose == "write" else READER
        size = 1 if purpose == "write" else places
        engine = make_engine(self._file.path, role, self._dsn.limit(seconds * LOCK_SHARE))
        return Lane(engine, size, translate, SqliteShortcut())

    def now(self, clock: Callable[[], float]) -> ColumnElement[float]:
        return bindparam("now", callable_=clock, type_=Double, unique=True)

    async def lock(self, connection: AsyncConnection, name: str, seconds: float) -> None:
        # Whoever writes has the file for itself. In a transaction that has not begun yet alembic
        # would begin and commit one for each revision, and let others in between.
        await connection.exec_driver_sql("SELECT 1")


async def _commit(connection: AsyncConnection) -> Sources:
    await connection.commit()
    return {}


async def _rollback(connection: AsyncConnection) -> Sources:
    await connection.rollback()
    return {}
