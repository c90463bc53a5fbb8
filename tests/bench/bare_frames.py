"""The drivers themselves, with the rows of 256 KiB that the store for attachments writes.

A megabyte is a transaction, and a look, as it is with the store; what was read is verified.
"""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import aiosqlite
import asyncmy
import asyncpg  # type: ignore[import-untyped]

from satchel_database import Dsn, parse_dsn

TOGETHER = 4
MAKE = (
    "CREATE TABLE bare_frames (piece VARCHAR(64), number INT, data {0},"
    " PRIMARY KEY (piece, number))"
)
WRITE = "INSERT INTO bare_frames VALUES ({0}, {1}, {2})"
READ = (
    "SELECT number, data FROM bare_frames WHERE piece = {0} AND number >= {1} AND number < {2}"
    " ORDER BY number"
)

Row = tuple[str, int, bytes]
Found = tuple[int, bytes]
Commit = Callable[[Sequence[Row]], Awaitable[object]]
Look = Callable[[str, int, int], Awaitable[Sequence[Found]]]
Frames = tuple[Commit, Look]


def open_frames(dsn: str) -> AbstractAsyncContextManager[Frames]:
    """How the driver of this database writes some rows, and reads some."""
    parsed = parse_dsn(dsn)
    return {"sqlite": _sqlite, "postgresql": _asyncpg, "mysql": _asyncmy}[parsed.family](parsed)


async def store(frames: Frames, piece: str, blocks: Sequence[bytes]) -> None:
    """Write a file."""
    for first in range(0, len(blocks), TOGETHER):
        part = enumerate(blocks[first : first + TOGETHER], first)
        await frames[0]([(piece, number, data) for number, data in part])


async def load(frames: Frames, piece: str, digests: Sequence[bytes]) -> None:
    """Read a file, and compare the SHA-256 of each row."""
    for first in range(0, len(digests), TOGETHER):
        for number, data in await frames[1](piece, first, first + TOGETHER):
            assert hashlib.sha256(data).digest() == digests[number]


@asynccontextmanager
async def _asyncpg(dsn: Dsn) -> AsyncIterator[Frames]:
    host = dsn.hosts[0]
    connection = await asyncpg.connect(
        host=host.name, port=host.port, user=dsn.user, password=dsn.password, database=dsn.database
    )
    write, read = (form.format("$1", "$2", "$3") for form in (WRITE, READ))
    await connection.execute(MAKE.format("BYTEA"))
    await connection.execute("ALTER TABLE bare_frames ALTER COLUMN data SET STORAGE EXTERNAL")

    # executemany is a transaction by itself
    yield (
        lambda rows: connection.executemany(write, rows),
        lambda *asked: connection.fetch(read, *asked),
    )
    await connection.close()


@asynccontextmanager
async def _asyncmy(dsn: Dsn) -> AsyncIterator[Frames]:
    host = dsn.hosts[0]
    connection = await asyncmy.connect(
        host=host.name, port=host.port, user=dsn.user, password=dsn.password,
        database=dsn.database, autocommit=True, stmt_cache_size=100,
    )  # fmt: skip
    write, read = (form.format("%s", "%s", "%s") for form in (WRITE, READ))
    cursor = connection.cursor()
    await cursor.execute(MAKE.format("LONGBLOB"))

    async def commit(rows: Sequence[Row]) -> None:
        await connection.begin()
        await cursor.executemany(write, rows)
        await connection.commit()

    async def look(*asked: object) -> Sequence[Found]:
        await cursor.execute(read, asked)
        found: Sequence[Found] = await cursor.fetchall()
        return found

    yield commit, look
    await connection.ensure_closed()


@asynccontextmanager
async def _sqlite(dsn: Dsn) -> AsyncIterator[Frames]:
    write, read = (form.format("?", "?", "?") for form in (WRITE, READ))
    async with aiosqlite.connect(Path(dsn.database), isolation_level=None) as connection:
        await connection.execute("PRAGMA synchronous = FULL")
        await connection.execute(MAKE.format("BLOB"))

        async def commit(rows: Sequence[Row]) -> None:
            await connection.execute("BEGIN IMMEDIATE")
            await connection.executemany(write, rows)
            await connection.commit()

        async def look(*asked: object) -> Sequence[Found]:
            return [
                (number, data) for number, data in await connection.execute_fetchall(read, asked)
            ]

        yield commit, look
