"""Transactions by intent, in good times."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from satchel_database import Database
from satchel_hookspecs import PluginContext, StorageFull, Unavailable

from .conftest import Open, make_context


@pytest.fixture(autouse=True)
async def table(database: Database) -> AsyncIterator[None]:
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE notes (id INTEGER PRIMARY KEY, body BLOB)"))
    yield


async def add(database: Database, id: int, body: bytes = b"") -> None:
    async with database.write() as connection:
        await connection.execute(
            text("INSERT INTO notes VALUES (:id, :body)"), {"id": id, "body": body}
        )


async def ids(database: Database) -> list[int]:
    async with database.read("notes") as connection:
        rows = await connection.execute(text("SELECT id FROM notes ORDER BY id"))
    return [row[0] for row in rows]


async def test_what_was_written_is_read_at_once(database: Database) -> None:
    await add(database, 1)

    assert await ids(database) == [1]


async def test_a_block_that_raises_writes_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO notes VALUES (1, '')"))
            raise ZeroDivisionError

    assert await ids(database) == []


async def test_a_failure_that_is_passed_over_still_writes_nothing(database: Database) -> None:
    with pytest.raises(Unavailable, match="has failed"):
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO notes VALUES (1, '')"))
            with pytest.raises(IntegrityError):
                await connection.execute(text("INSERT INTO notes VALUES (1, '')"))

    assert await ids(database) == []


async def test_a_sequence_of_rows_is_one_statement(database: Database) -> None:
    rows = [{"id": number} for number in range(3)]

    async with database.write() as connection:
        done = await connection.execute(text("INSERT INTO notes VALUES (:id, '')"), rows)

    assert done.rowcount == 3
    assert await ids(database) == [0, 1, 2]


@pytest.mark.parametrize("look", ["read", "read_latest"])
async def test_a_reader_cannot_write(database: Database, look: str) -> None:
    with pytest.raises(Unavailable, match="readonly"):
        async with getattr(database, look)() as connection:
            await connection.execute(text("INSERT INTO notes VALUES (1, '')"))

    assert await ids(database) == []


async def test_a_look_sees_one_state_to_its_end(database: Database) -> None:
    async with database.read("notes") as connection:
        before = (await connection.execute(text("SELECT count(*) FROM notes"))).scalar_one()
        await add(database, 1)
        after = (await connection.execute(text("SELECT count(*) FROM notes"))).scalar_one()

    assert (before, after) == (0, 0)


async def test_an_unused_transaction_is_no_error(database: Database) -> None:
    async with database.write(), database.read():
        pass

    assert await ids(database) == []


async def test_a_mistake_in_a_statement_stays_a_mistake(database: Database) -> None:
    with pytest.raises(OperationalError, match="no such table"):
        async with database.read() as connection:
            await connection.execute(text("SELECT * FROM missing"))


async def test_callers_are_served_in_the_order_they_came(database: Database) -> None:
    served: list[int] = []

    async def come(number: int) -> None:
        async with database.write() as connection:
            await connection.execute(text("SELECT 1"))
            served.append(number)

    await asyncio.gather(*(come(number) for number in range(40)))

    assert list(range(40)) == served


async def test_a_transaction_ends_with_its_deadline_and_so_does_the_wait_for_it(
    open_database: Open,
) -> None:
    database = await open_database(deadline=0.3)

    with pytest.raises(Unavailable, match=r"not done within 0\.3 s"):
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO notes VALUES (1, '')"))
            with pytest.raises(Unavailable, match=r"No connection came free in 0\.3 s"):
                await add(database, 2)

    await add(database, 3)
    assert await ids(database) == [3]


async def test_foreign_keys_are_kept(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.write() as connection:
            await connection.execute(text("CREATE TABLE tags (note REFERENCES notes (id))"))
            await connection.execute(text("INSERT INTO tags VALUES (7)"))


async def test_commits_are_flushed_to_the_disk(database: Database) -> None:
    async with database.write() as connection:
        full = (await connection.execute(text("PRAGMA synchronous"))).scalar_one()
        mode = (await connection.execute(text("PRAGMA journal_mode"))).scalar_one()

    assert (full, mode) == (2, "wal")


async def test_a_full_disk_keeps_what_was_there(database: Database) -> None:
    await add(database, 1)
    async with database.write() as connection:
        pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
        await connection.execute(text(f"PRAGMA max_page_count = {pages + 2}"))

    with pytest.raises(StorageFull) as full:
        await add(database, 2, bytes(100_000))

    assert isinstance(full.value.__cause__, OperationalError)
    assert await ids(database) == [1]
    await add(database, 3)
    assert await ids(database) == [1, 3]


async def test_the_clock_is_read_when_the_statement_runs(open_database: Open) -> None:
    times = iter([100.0, 200.0])
    database = await open_database(clock=lambda: next(times))
    statement = select(database.now())

    read = []
    for _ in range(2):
        async with database.read() as connection:
            read.append((await connection.execute(statement)).scalar_one())

    assert read == [100.0, 200.0]


async def test_a_store_finds_the_database_in_its_context(database: Database) -> None:
    ctx = make_context(float)
    using = PluginContext(
        "db", "node", ctx.clock, ctx.logger, ctx.keys, {"database": database}, None
    )

    assert database is Database.of(using)
    with pytest.raises(Exception, match='add "database" to the plugins'):
        Database.of(ctx)


async def test_outside_of_its_lifespan_it_cannot_be_used(database: Database) -> None:
    closed = Database(database.config, database.ctx)

    with pytest.raises(Exception, match="outside of its lifespan"):
        closed.write()
    assert (await closed.plugin_health()).state == "failed"
