"""Locks, hangs, drops and cancellation."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection as SyncConnection
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from satchel_database import Connection, Database, DatabaseConfig
from satchel_hookspecs import Unavailable

from .conftest import Open, make_context

SECRET = b"the bytes of a session"
NOTES = "CREATE TABLE notes (id INTEGER PRIMARY KEY, body BLOB)"
Locked = Callable[..., Any]


async def run(database: Database, statement: str, **values: object) -> Any:
    async with database.write() as connection:
        result = await connection.execute(text(statement), values)
        return result.scalar_one() if result.returns_rows else result.rowcount


async def test_a_lock_of_another_process_is_unavailable_in_time(
    open_database: Open, locked: Locked
) -> None:
    database = await open_database(deadline=0.5)
    await run(database, NOTES)
    loop = asyncio.get_running_loop()

    async with locked():
        began = loop.time()
        with pytest.raises(Unavailable, match="locked") as refused:
            await run(database, "INSERT INTO notes VALUES (1, '')")
        took = loop.time() - began
        async with database.read() as connection:
            seen = (await connection.execute(text("SELECT count(*) FROM notes"))).scalar_one()

    assert 0.3 < took < 1.5
    assert isinstance(refused.value.__cause__, DBAPIError)
    assert seen == 0
    assert await run(database, "INSERT INTO notes VALUES (1, '')") == 1


async def test_a_timeout_in_the_dsn_is_waited_for_where_it_is_less(
    open_database: Open, locked: Locked, path: Path
) -> None:
    database = await open_database(db_dsnw=f"sqlite:///{path}?timeout=0.2", deadline=30)
    await run(database, NOTES)
    began = asyncio.get_running_loop().time()

    async with locked():
        with pytest.raises(Unavailable, match="locked"):
            await run(database, "INSERT INTO notes VALUES (1, '')")

    assert asyncio.get_running_loop().time() - began < 15


async def test_a_lock_that_ends_in_time_is_waited_for(database: Database, locked: Locked) -> None:
    await run(database, NOTES)
    async with locked():
        waiting = asyncio.create_task(run(database, "INSERT INTO notes VALUES (1, '')"))
        await asyncio.sleep(0)

    assert await waiting == 1


async def test_health_tells_reading_from_writing(open_database: Open, locked: Locked) -> None:
    database = await open_database(deadline=0.5)
    await run(database, NOTES)

    well = await database.plugin_health()
    async with locked():
        ill = await database.plugin_health()

    assert (well.state, ill.state) == ("ok", "degraded")
    assert "read but not written" in ill.detail


def get_driver(connection: SyncConnection) -> Any:
    return connection.connection.driver_connection


async def hang(connection: Connection, gate: threading.Event) -> None:
    driver = await connection.run(get_driver)
    await driver.create_function("hang", 0, gate.wait)
    await connection.execute(text("SELECT hang()"))


async def test_a_hang_costs_a_caller_its_deadline_and_others_nothing(open_database: Open) -> None:
    database = await open_database(deadline=0.5, readers=2)
    await run(database, NOTES)
    gate = threading.Event()
    loop = asyncio.get_running_loop()
    began = loop.time()

    try:
        with pytest.raises(Unavailable, match=r"not done within 0\.5 s"):
            async with database.read() as connection:
                await hang(connection, gate)
        took = loop.time() - began
        async with database.read() as connection:
            other = (await connection.execute(text("SELECT 1"))).scalar_one()
    finally:
        gate.set()

    assert 0.4 < took < 1.5
    assert other == 1


async def test_a_place_comes_back_when_the_hang_is_over(open_database: Open) -> None:
    database = await open_database(deadline=0.3, readers=1)
    gate = threading.Event()

    try:
        with pytest.raises(Unavailable):
            async with database.read() as connection:
                await hang(connection, gate)
        with pytest.raises(Unavailable, match="No connection came free"):
            async with database.read() as connection:
                await connection.execute(text("SELECT 1"))
    finally:
        gate.set()
    while (await database.plugin_health()).state != "ok":
        pass

    async with database.read() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1


async def test_a_cancelled_block_writes_nothing_and_frees_the_writer(
    open_database: Open,
) -> None:
    database = await open_database(deadline=5)
    await run(database, NOTES)
    gate, begun = threading.Event(), asyncio.Event()

    async def write() -> None:
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO notes VALUES (1, '')"))
            begun.set()
            await hang(connection, gate)

    task = asyncio.create_task(write())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gate.set()

    assert await run(database, "SELECT count(*) FROM notes") == 0
    assert await run(database, "INSERT INTO notes VALUES (1, '')") == 1


async def test_a_dropped_connection_is_opened_anew(database: Database) -> None:
    await run(database, NOTES)

    with pytest.raises(Unavailable):
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO notes VALUES (1, '')"))
            await (await connection.run(get_driver)).close()
            await connection.execute(text("INSERT INTO notes VALUES (2, '')"))

    assert await run(database, "SELECT count(*) FROM notes") == 0
    assert await run(database, "INSERT INTO notes VALUES (3, '')") == 1


async def test_a_statement_that_outlives_the_database_leaves_no_connection_open(
    path: Path,
) -> None:
    database = Database(DatabaseConfig(db_dsnw=f"sqlite:///{path}"), make_context(time.time))
    gate = threading.Event()
    async with database.plugin_lifespan(database.ctx):
        async with database.read() as connection:
            driver = await connection.run(get_driver)
            await driver.create_function("hang", 0, gate.wait)
        late = asyncio.ensure_future(database.look_up(select(text("hang()"))))
        await asyncio.sleep(0)
    gate.set()

    assert (await late).scalar_one() == 1
    await asyncio.to_thread(driver._thread.join, 5)
    assert not driver.is_open


async def test_parameters_are_never_in_logs_or_messages(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "sqlalchemy.engine")
    await run(database, NOTES)
    insert = "INSERT INTO notes VALUES (1, :body)"

    await run(database, insert, body=SECRET)
    await run(database, "SELECT body FROM notes")
    with pytest.raises(DBAPIError) as failed:
        await run(database, insert, body=SECRET)
    logging.getLogger("satchel").error("It failed.", exc_info=failed.value)

    assert "INSERT INTO notes" in caplog.text
    assert SECRET.decode() not in caplog.text
    assert SECRET.decode() not in str(failed.value)
