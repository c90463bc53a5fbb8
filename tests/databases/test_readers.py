"""The reader answers what it may, and nobody sees that it lags, hangs or is gone."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from satchel_database import Database
from satchel_hookspecs import Position, current_position, position
from tests.databases.nodes import Opened, heal
from tests.servers.databases import Pair, Server
from tests.servers.mariadb import Mariadb

WRITES = ("insert into", "update ", "delete from", "create ", "drop ", "read write")


async def run(database: Database, statement: str, **values: object) -> Any:
    async with database.write() as connection:
        return await connection.execute(text(statement), values)


async def add(database: Database, body: str) -> None:
    await run(database, "INSERT INTO notes VALUES (:body)", body=body)


async def look(database: Database, statement: str = "SELECT body FROM notes ORDER BY body") -> Any:
    async with database.read("notes") as connection:
        return [row[0] for row in await connection.execute(text(statement))]


async def make_table(database: Database) -> None:
    await run(database, "CREATE TABLE notes (body VARCHAR(100) PRIMARY KEY)")


async def open_both(open_node: Opened, pair: Pair, **options: Any) -> Database:
    """A node with a writer and a reader, which has replayed the table that there is."""
    options = {"db_dsnw": pair.primary.dsn, "db_dsnr": pair.replica.dsn, **options}
    first = await open_node(db_dsnw=pair.primary.dsn)
    await make_table(first)
    pair.even()
    node: Database = await open_node(**options)
    return node


@pytest.fixture
async def node(pair: Pair, open_node: Opened) -> AsyncIterator[Database]:
    yield await open_both(open_node, pair)
    pair.replica.resume()


def writes(server: Server) -> dict[str, int]:
    """How often each way to begin a write has been tried on a server since its log began."""
    tried = {word: server.counts(word) for word in WRITES}
    return {word: count for word, count in tried.items() if count}


async def test_reads_go_to_the_reader_and_writes_never(node: Database, pair: Pair) -> None:
    pair.replica.start_log()
    for number in range(5):
        await add(node, f"note {number}")
    await node.change(text("DELETE FROM notes WHERE body = 'note 4'"))
    pair.even()
    position.set(Position())

    seen = [await look(node) for _ in range(5)]

    assert seen == [[f"note {number}" for number in range(4)]] * 5
    assert pair.replica.counts("select body from notes") == 5
    assert writes(pair.replica) == {}


async def test_a_reader_that_lags_is_never_seen_and_nobody_waits(
    node: Database, pair: Pair
) -> None:
    pair.even()
    pair.replica.pause()
    loop = asyncio.get_running_loop()

    began = loop.time()
    for number in range(20):
        await add(node, f"{number:02}")
        assert f"{number:02}" in await look(node)
    took = loop.time() - began

    assert len(await look(node)) == 20
    assert took < 4
    pair.replica.resume()
    pair.even()
    assert len(await look(node)) == 20


async def test_another_node_reads_what_a_user_has_written(
    node: Database, pair: Pair, open_node: Opened
) -> None:
    other = await open_node(db_dsnw=pair.primary.dsn, db_dsnr=pair.replica.dsn)
    pair.replica.pause()
    await add(node, "mine")
    carried = current_position().as_mapping()

    position.set(Position(carried))
    seen = await look(other)
    position.set(Position())
    stranger = await look(other)

    assert seen == ["mine"]
    assert stranger == []


async def test_a_node_without_a_reader_leaves_a_position_for_those_with_one(
    node: Database, pair: Pair, open_node: Opened
) -> None:
    plain = await open_node(db_dsnw=pair.primary.dsn, db_dsnr="")
    pair.replica.pause()

    await add(plain, "mine")

    assert await look(plain) == ["mine"]
    assert await look(node) == ["mine"]


async def test_the_latest_is_always_the_writers(node: Database, pair: Pair) -> None:
    pair.replica.pause()
    await add(node, "new")
    position.set(Position())

    async with node.read_latest() as connection:
        latest = (await connection.execute(text("SELECT body FROM notes"))).scalars().all()
    alone = (await node.look_up(text("SELECT body FROM notes"))).scalars()

    assert (latest, alone, await look(node)) == (["new"], ["new"], [])


async def test_a_table_may_always_be_read_from_one_of_them(pair: Pair, open_node: Opened) -> None:
    node = await open_both(open_node, pair, db_table_dsn={"notes": "w"}, db_prefix="")
    stale = await open_node(
        db_dsnw=pair.primary.dsn, db_dsnr=pair.replica.dsn, db_table_dsn={"notes": "r"}
    )
    stale.table("notes")
    # A reader that is slow to connect would be passed over.
    await heal(stale)
    pair.replica.pause()
    await add(node, "new")

    from_reader = await look(stale)
    position.set(Position())
    from_writer = await look(node)
    pair.replica.resume()

    assert (from_writer, from_reader) == (["new"], [])


async def test_a_reader_cannot_be_written_even_by_mistake(node: Database, pair: Pair) -> None:
    pair.replica.start_log()
    with pytest.raises(Exception, match=r"(?i)read.only"):
        await look(node, "INSERT INTO notes VALUES ('x') RETURNING body")

    assert await look(node) == []
    # The log tells what a server has refused, too: elsewhere nothing in it means nothing sent.
    assert writes(pair.replica) == {"insert into": 1}


async def test_a_reader_is_opened_read_only(node: Database, pair: Pair) -> None:
    pair.replica.start_log()
    mariadb = isinstance(pair.replica, Mariadb)
    setting = "@@tx_read_only" if mariadb else "current_setting('default_transaction_read_only')"

    [told] = await look(node, f"SELECT {setting} AS opened")

    assert pair.replica.counts("AS opened") == 1
    assert told in (1, "on")


async def test_a_position_of_another_history_is_not_asked_of_the_reader(
    node: Database, pair: Pair
) -> None:
    current_position().advance("postgresql:1:7", 2**60)
    current_position().advance("mariadb:elsewhere:0", 2**60)
    pair.replica.start_log()

    assert await look(node) == []
    assert pair.replica.counts("select body from notes") == 1
