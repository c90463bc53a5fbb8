"""The drivers themselves, with the statements that the store for sessions sends."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiosqlite
import asyncmy
import asyncpg  # type: ignore[import-untyped]

from satchel_database import Dsn, parse_dsn

DATA = bytes(2048)
PLACES, READERS = 10, 4
READ = (
    "SELECT data, version, owner, expires - {now} FROM sessions WHERE key = {0} AND expires > {now}"
)
# Here a version is left as it is, so that the store finds it again.
WRITE = (
    "UPDATE sessions SET data = {0}, owner = 'anna', expires = {now} + 86400,"
    " version = CASE WHEN {1} = '' THEN '' ELSE version END"
    " WHERE key = {2} AND expires > {now} AND version >= ''"
)

Work = Callable[[str], Awaitable[object]]
Works = tuple[Work, Work]


def open_bare(dsn: str) -> AbstractAsyncContextManager[Works]:
    """How the driver of this database reads and writes a session."""
    parsed = parse_dsn(dsn)
    return {"sqlite": _sqlite, "postgresql": _asyncpg, "mysql": _asyncmy}[parsed.family](parsed)


@asynccontextmanager
async def _asyncpg(dsn: Dsn) -> AsyncIterator[Works]:
    now = "extract(epoch FROM statement_timestamp())::float8"
    read, write = READ.format("$1", now=now), WRITE.format("$1", "$2", "$3", now=now)
    host = dsn.hosts[0]
    async with asyncpg.create_pool(
        host=host.name, port=host.port, user=dsn.user, password=dsn.password,
        database=dsn.database, min_size=PLACES, max_size=PLACES, reset=_keep_as_it_is,
    ) as pool:  # fmt: skip
        yield (
            lambda key: pool.fetchrow(read, key),
            lambda key: pool.execute(write, DATA, "v", key),
        )


async def _keep_as_it_is(_connection: object) -> None:
    """Spare each look a second message: no statement here changes a connection."""


@asynccontextmanager
async def _asyncmy(dsn: Dsn) -> AsyncIterator[Works]:
    now = "(unix_timestamp(now(6)) + 0e0)"
    read, write = (
        form.replace("key =", "`key` =").format("%s", "%s", "%s", now=now) for form in (READ, WRITE)
    )
    host = dsn.hosts[0]
    async with asyncmy.create_pool(
        host=host.name, port=host.port, user=dsn.user, password=dsn.password,
        database=dsn.database, minsize=PLACES, maxsize=PLACES, autocommit=True,
        stmt_cache_size=100,
    ) as pool:  # fmt: skip

        async def run(statement: str, *values: object) -> object:
            async with pool.acquire() as connection, connection.cursor() as cursor:
                await cursor.execute(statement, values)
                return await cursor.fetchall()

        yield lambda key: run(read, key), lambda key: run(write, DATA, "v", key)


@asynccontextmanager
async def _sqlite(dsn: Dsn) -> AsyncIterator[Works]:
    read = READ.format("?2", now="?1")
    write = WRITE.format("?2", "?3", "?4", now="?1")
    async with AsyncExitStack() as stack:

        async def connect() -> aiosqlite.Connection:
            opening = aiosqlite.connect(Path(dsn.database), isolation_level=None)
            connection = await stack.enter_async_context(opening)
            await connection.execute("PRAGMA synchronous = FULL")
            return connection

        free: asyncio.Queue[aiosqlite.Connection] = asyncio.Queue()
        for _ in range(READERS):
            free.put_nowait(await connect())
        writer, turn = await connect(), asyncio.Lock()

        async def look(key: str) -> object:
            connection = await free.get()
            try:
                return await connection.execute_fetchall(read, (time.time(), key))
            finally:
                free.put_nowait(connection)

        async def change(key: str) -> object:
            async with turn:
                return await writer.execute_fetchall(write, (time.time(), DATA, "v", key))

        yield look, change
