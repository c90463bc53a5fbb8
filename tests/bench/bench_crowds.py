"""What a call costs among many rows, against the same call among few."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

from sqlalchemy import text

from satchel_attachments_database import DatabaseAttachments
from satchel_database import Database, parse_dsn
from satchel_hookspecs import ABSENT, Block, Place, Ref, UploadRequest
from satchel_hookspecs.group import Group
from satchel_session_db import DatabaseSessions
from tests.bench import Measurement
from tests.bench.databases import KINDS, open_attachments, open_dsn, open_sessions
from tests.bench.timing import best_of

TIMES, ROUNDS = 20, 10
FEW, MANY = 10**3, 10**6
SMALL, LARGE = 10, 1000
KEY, OWNER = "f" * 64, "a" * 32
NUMBERS = {
    "sqlite": "(WITH RECURSIVE n(i) AS (VALUES ({0}) UNION ALL SELECT i + 1 FROM n"
    " WHERE i < {1}) SELECT i FROM n) AS numbers",
    "postgresql": "generate_series({0}, {1}) AS numbers(i)",
    "mysql": "(SELECT seq AS i FROM seq_{0}_to_{1}) AS numbers",
}
PADDED = {"sqlite": "printf('%064d', i)"}
FILL = (
    "INSERT INTO sessions SELECT {key}, 'x', 'v', CASE WHEN i % 1000 = 0 THEN 'anna' END, 0, 4e9"
    " FROM {numbers}"
)


def measure() -> Iterator[Measurement]:
    """Sessions in a table, then attachments in a group."""
    for kind in KINDS:
        with open_dsn(kind) as dsn:
            yield from asyncio.run(crowd_of_sessions(kind, dsn))
            yield from asyncio.run(crowd_of_attachments(kind, dsn))


async def crowd_of_sessions(kind: str, dsn: str) -> list[Measurement]:
    """Read and extend one of a thousand, and one of a million."""
    async with open_sessions(dsn) as store:
        await store.session_write(KEY, bytes(2048), ABSENT, 86400, "anna")
        await fill(store, dsn, 1, FEW)
        few = await cost_of_sessions(store)
        await fill(store, dsn, FEW + 1, MANY)
        many = await cost_of_sessions(store)
    return [
        Measurement(f"{kind}: {work} one of {MANY:,} sessions", late, f"of {FEW:,}", early)
        for work, late, early in zip(("read", "touch"), many, few, strict=True)
    ]


async def fill(store: DatabaseSessions, dsn: str, first: int, last: int) -> None:
    """Make sessions with these numbers."""
    family = parse_dsn(dsn).family
    key = PADDED.get(family, "lpad(CAST(i AS CHAR(64)), 64, '0')")
    statement = FILL.format(key=key, numbers=NUMBERS[family].format(first, last))
    async with Database.of(store.ctx).write() as connection:
        await connection.execute(text(statement))


async def cost_of_sessions(store: DatabaseSessions) -> list[float]:
    """Seconds to read and to extend."""

    async def read(times: int) -> None:
        for _ in range(times):
            assert await store.session_read(KEY)

    async def touch(times: int) -> None:
        for _ in range(times):
            assert await store.session_touch(KEY, 86400)

    return await best_of([read, touch], TIMES, ROUNDS)


async def crowd_of_attachments(kind: str, dsn: str) -> list[Measurement]:
    """List and rename in a group of ten, and in one of a thousand."""
    async with open_attachments(dsn) as store:
        for group, count in (("small", SMALL), ("large", LARGE)):
            await fill_group(store, Place(OWNER, group), count)
        small = await cost_of_attachments(store, "small")
        large = await cost_of_attachments(store, "large")
    return [
        Measurement(f"{kind}: {work} among {LARGE} attachments", late, f"among {SMALL}", early)
        for work, late, early in zip(("list", "rename"), large, small, strict=True)
    ]


async def fill_group(store: DatabaseAttachments, place: Place, count: int) -> None:
    """Store a small file, and list it so many times; a real one each would take minutes."""

    async def blocks() -> AsyncIterator[Block]:
        yield Block.of(0, b"x")

    ref = Ref(place.owner, place.group, "f0")
    await store.attachments_touch(place.owner, place.group, 86400)
    await store.attachment_upload(UploadRequest(ref, "f", "x/y", 1), 0, blocks())
    await store.attachment_seal(ref, 1, hashlib.sha256(b"x").hexdigest())
    document, version = await store._load(place)
    assert document is not None
    group = Group.from_bytes(document)
    like = group.entries[0]
    entries = tuple(replace(like, id=f"f{number}", serial=number) for number in range(count))
    full = replace(group, entries=entries, serial=count)
    assert await store._store(place, full.to_bytes(), version)


async def cost_of_attachments(store: DatabaseAttachments, group: str) -> list[float]:
    """Seconds to list all, and to rename one."""

    async def show(times: int) -> None:
        for _ in range(times):
            assert await store.attachment_list(OWNER, group)

    async def rename(times: int) -> None:
        for number in range(times):
            await store.attachment_rename(Ref(OWNER, group, "f1"), f"n{number}")

    return await best_of([show, rename], TIMES, ROUNDS)
