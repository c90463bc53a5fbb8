"""Dropped connections, frozen, killed and promoted servers, and what is said about them."""

import asyncio
import logging
import time
from typing import Any

import pytest
from sqlalchemy import (
    Column,
    Double,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    bindparam,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError, IntegrityError

from satchel_database import Database, Overtaken
from satchel_hookspecs import Unavailable
from tests.databases.nodes import Opened
from tests.servers.databases import Pair
from tests.servers.mariadb import Mariadb

SECRET = b"the bytes of a session"
NOTES = "CREATE TABLE notes (id INT PRIMARY KEY, body {blob} NOT NULL)"


async def run(database: Database, statement: str, **values: object) -> Any:
    async with database.write() as connection:
        return await connection.execute(text(statement), values)


async def make_notes(database: Database, pair: Pair) -> None:
    blob = "LONGBLOB" if isinstance(pair.primary, Mariadb) else "BYTEA"
    await run(database, NOTES.format(blob=blob))


async def add(database: Database, id: int, body: bytes = b"") -> None:
    await run(database, "INSERT INTO notes VALUES (:id, :body)", id=id, body=body)


async def ids(database: Database) -> list[int]:
    rows = await database.look_up(text("SELECT id FROM notes ORDER BY id"))
    return [row[0] for row in rows]


def drop_connections(pair: Pair) -> None:
    """End every connection of the owner, as a balancer or an operator may."""
    if isinstance(pair.primary, Mariadb):
        found = "SELECT id FROM information_schema.processlist WHERE user = 'mail'"
        for id in pair.primary.sql(found).split():
            pair.primary.sql(f"KILL {id}")
        return
    pair.primary.sql(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'mail'"
    )


@pytest.fixture
async def node(pair: Pair, open_node: Opened) -> Database:
    database: Database = await open_node(db_dsnw=pair.primary.dsn)
    await make_notes(database, pair)
    return database


async def test_after_a_drop_the_next_caller_notices_nothing(node: Database, pair: Pair) -> None:
    await asyncio.gather(*(ids(node) for _ in range(5)))

    drop_connections(pair)
    await add(node, 1)
    drop_connections(pair)
    read = await ids(node)
    drop_connections(pair)
    await node.change(text("UPDATE notes SET id = 2"))

    assert read == [1]
    assert await ids(node) == [2]


async def test_a_drop_in_the_midst_writes_nothing(node: Database, pair: Pair) -> None:
    with pytest.raises(Unavailable):
        async with node.write() as connection:
            await connection.execute(text("INSERT INTO notes VALUES (1, '')"))
            drop_connections(pair)
            await connection.execute(text("INSERT INTO notes VALUES (2, '')"))

    assert await ids(node) == []
    await add(node, 3)


async def test_many_rows_are_kept_together_or_not_at_all(
    node: Database, pair: Pair, open_node: Opened
) -> None:
    blob = LargeBinary(2**24)
    notes = Table("notes", MetaData(), Column("id", Integer), Column("body", blob))
    several = insert(notes)
    await node.change_all(several, [{"id": id, "body": SECRET} for id in range(3)])
    drop_connections(pair)
    await node.change_all(several, [{"id": id, "body": SECRET} for id in (3, 4)])

    with pytest.raises(IntegrityError):
        await node.change_all(several, [{"id": id, "body": SECRET} for id in (8, 9, 2)])
    await node.change(several, {"id": 5, "body": SECRET})

    # Another node sees what was committed, and nothing else.
    assert await ids(await open_node(db_dsnw=pair.primary.dsn)) == [0, 1, 2, 3, 4, 5]


async def test_a_look_sees_one_state_to_its_end(node: Database) -> None:
    count = text("SELECT count(*) FROM notes")
    async with node.read_latest() as connection:
        before = (await connection.execute(count)).scalar_one()
        await add(node, 1)
        after = (await connection.execute(count)).scalar_one()

    assert (before, after) == (0, 0)


async def test_a_cancelled_block_writes_nothing_and_holds_no_lock(node: Database) -> None:
    begun = asyncio.Event()

    async def write() -> None:
        async with node.write() as connection:
            await connection.execute(text("INSERT INTO notes VALUES (1, '')"))
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await ids(node) == []
    await add(node, 1)


async def test_of_two_that_wait_for_each_other_one_may_be_done_again(node: Database) -> None:
    await add(node, 1)
    await add(node, 2)
    both, mark = asyncio.Barrier(2), text("UPDATE notes SET body = 'x' WHERE id = :id")

    async def change(*order: int) -> str:
        async with node.write() as connection:
            for id in order:
                await connection.execute(mark, {"id": id})
                if id == order[0]:
                    await both.wait()
        return "kept"

    ends = await asyncio.gather(change(1, 2), change(2, 1), return_exceptions=True)

    assert ends.count("kept") == 1
    assert any(isinstance(end, Overtaken) for end in ends)


@pytest.mark.parametrize("size", [0, 1, 300_000, 3_000_000])
async def test_bytes_come_back_as_they_were(node: Database, size: int) -> None:
    body = (bytes(range(256)) * (size // 256 + 1))[:size]
    await add(node, 1, body)

    kept = (await node.look_up(text("SELECT body FROM notes"))).scalar_one()

    assert bytes(kept) == body


async def in_one_transaction(node: Database, rows: list[dict[str, object]]) -> None:
    async with node.write() as connection:
        for row in rows:
            await connection.execute(text("INSERT INTO notes VALUES (:id, :body)"), row)


async def many_at_a_time(node: Database, rows: list[dict[str, object]]) -> None:
    notes = Table("notes", MetaData(), Column("id", Integer), Column("body", LargeBinary(2**24)))
    several = insert(notes)
    for first in range(0, len(rows), 4):
        await node.change_all(several, rows[first : first + 4])


@pytest.mark.parametrize(("keep", "limit"), [(in_one_transaction, 0.02), (many_at_a_time, 0.05)])
async def test_large_values_do_not_stall_the_loop(node: Database, keep: Any, limit: float) -> None:
    rows = [{"id": id, "body": bytes(range(256)) * 1024} for id in range(20)]
    gaps, done = [], False

    async def tick() -> None:
        while not done:
            # what others on the machine take is no stall of ours
            before = time.thread_time()
            await asyncio.sleep(0)
            gaps.append(time.thread_time() - before)

    ticking = asyncio.create_task(tick())
    await keep(node, rows)
    done = True
    await ticking

    assert sorted(gaps)[-3] < limit
    assert len(await ids(node)) == 20


async def test_a_mistake_is_a_mistake_and_never_tells_what_was_written(
    node: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await add(node, 1, SECRET)

    notes = node.table("notes", Column("id", Integer), Column("body", LargeBinary))
    no_id = {"id": None, "body": SECRET}
    written = [
        run(node, "INSERT INTO notes VALUES (1, :body)", body=SECRET),
        run(node, "INSERT INTO notes (id, body) SELECT NULL, body FROM notes"),
        run(node, "INSERT INTO missing VALUES (:body)", body=SECRET),
        node.change(insert(notes), {"id": 1, "body": SECRET}),
        node.change(insert(notes), no_id),
        node.change_all(insert(notes), [{"id": 2, "body": SECRET}, no_id]),
    ]
    errors = []
    for writing in written:
        with pytest.raises(DBAPIError) as refused:
            await writing
        errors.append(refused.value)
    kept = await node.look_up(text("SELECT body FROM notes WHERE id = :id"), {"id": 1})

    told = [caplog.text, *(str(part) for error in errors for part in chain(error))]
    assert bytes(kept.scalar_one()) == SECRET
    assert isinstance(errors[0], IntegrityError)
    assert isinstance(errors[1], IntegrityError)
    for text_ in told:
        assert SECRET.decode() not in text_
        assert SECRET.hex() not in text_


def chain(error: BaseException | None) -> list[BaseException]:
    return [] if error is None else [error, *chain(error.__cause__)]


async def test_the_time_is_the_servers(node: Database, pair: Pair) -> None:
    said = float(
        pair.primary.sql("SELECT UNIX_TIMESTAMP(NOW(6))")
        if isinstance(pair.primary, Mariadb)
        else pair.primary.sql("SELECT extract(epoch FROM now())")
    )
    later = node.now() + bindparam("seconds", 0.5, type_=Double)
    now = (await node.look_up(select(later))).scalar_one()

    assert isinstance(now, float)
    assert 0.5 <= now - said < 5
