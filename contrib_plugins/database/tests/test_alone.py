"""Statements that are transactions by themselves."""

import asyncio
import gc
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    Column,
    Integer,
    LargeBinary,
    TypeDecorator,
    bindparam,
    delete,
    insert,
    select,
    table,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError, MultipleResultsFound, NoResultFound

from satchel_database import Database
from satchel_database.errand import Errand
from satchel_hookspecs import Unavailable

from .conftest import Open


class Backwards(TypeDecorator[bytes]):
    """Keeps bytes the other way round."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Any) -> bytes | None:
        return None if value is None else value[::-1]

    def process_result_value(self, value: bytes | None, dialect: Any) -> bytes | None:
        return None if value is None else value[::-1]


@pytest.fixture
async def notes(database: Database) -> AsyncIterator[Any]:
    table = database.table(
        "notes", Column("id", Integer, primary_key=True), Column("body", Backwards)
    )
    async with database.write() as connection:
        await connection.run(table.create)
    yield table


async def test_what_a_statement_held_is_let_go_when_it_is_done(
    database: Database, notes: Any
) -> None:
    gc.collect()
    gc.disable()
    try:
        await database.change(insert(notes), {"id": 1, "body": b"large"})
        await database.look_up(select(notes.c.body))
        kept = [each for each in gc.get_objects() if isinstance(each, Errand)]
    finally:
        gc.enable()

    assert kept == []


async def test_a_type_is_asked_on_the_way_in_and_out(database: Database, notes: Any) -> None:
    await database.change(insert(notes), {"id": 1, "body": b"abc"})

    kept = (await database.look_up(text("SELECT body FROM notes"))).scalar_one()
    read = (await database.look_up(select(notes.c.body))).scalar_one()

    assert kept == b"cba"
    assert read == b"abc"


async def test_one_statement_serves_any_set_of_columns(database: Database, notes: Any) -> None:
    add = insert(notes)
    await database.change(add, {"id": 1})
    await database.change(add, {"id": 2, "body": b"x"})

    rows = await database.look_up(select(notes.c.id, notes.c.body).order_by(notes.c.id))

    assert [tuple(row) for row in rows] == [(1, None), (2, b"x")]


async def test_many_rows_are_kept_together_or_not_at_all(database: Database, notes: Any) -> None:
    add = insert(notes)
    await database.change_all(add, [{"id": id, "body": b"ab"} for id in range(3)])
    await database.change_all(add, [])
    await database.change_all(add, [{"id": 3, "body": b"ab"}])

    with pytest.raises(IntegrityError):
        await database.change_all(add, [{"id": id, "body": b"x"} for id in (8, 9, 2)])
    await database.change(add, {"id": 4, "body": b"ab"})

    rows = await database.look_up(select(notes.c.id, notes.c.body).order_by(notes.c.id))
    assert [tuple(row) for row in rows] == [(id, b"ab") for id in range(5)]


async def test_many_rows_that_name_different_columns_are_a_mistake(
    database: Database, notes: Any
) -> None:
    with pytest.raises(KeyError, match="Every row needs a value for each of id, body"):
        await database.change_all(insert(notes), [{"id": 1, "body": b""}, {"id": 2}])
    assert (await database.look_up(select(notes.c.id))).all() == []


async def test_what_is_compiled_each_time_is_not_for_many_rows(
    database: Database, notes: Any
) -> None:
    with pytest.raises(TypeError, match="not for many rows"):
        await database.change_all(text("INSERT INTO notes (id) VALUES (:id)"), [{"id": 1}] * 2)
    assert (await database.look_up(select(notes.c.id))).all() == []


async def test_how_many_were_touched_is_told(database: Database, notes: Any) -> None:
    for id in range(3):
        await database.change(insert(notes), {"id": id})
    some = update(notes).where(notes.c.id > bindparam("above")).values(body=b"")

    touched = await database.change(some, {"above": 0})
    missed = await database.change(delete(notes).where(notes.c.id == 7))

    assert (touched.rowcount, missed.rowcount) == (2, 0)


async def test_a_list_of_values_may_be_a_parameter(database: Database, notes: Any) -> None:
    for id in range(3):
        await database.change(insert(notes), {"id": id})
    those = delete(notes).where(notes.c.id.in_(bindparam("ids", expanding=True)))

    gone = await database.change(those, {"ids": [0, 2]})

    assert gone.rowcount == 2
    assert (await database.look_up(select(notes.c.id))).scalars() == [1]


async def test_one_row_is_neither_none_nor_two(database: Database, notes: Any) -> None:
    ids = select(notes.c.id)
    none = await database.look_up(ids)
    for id in range(2):
        await database.change(insert(notes), {"id": id})
    two = await database.look_up(ids)

    assert none.one_or_none() is None
    with pytest.raises(NoResultFound):
        none.one()
    with pytest.raises(MultipleResultsFound):
        two.one_or_none()


async def test_a_value_that_is_missing_is_a_mistake(database: Database, notes: Any) -> None:
    with pytest.raises(KeyError, match='needs a value for "id"'):
        await database.look_up(select(notes).where(notes.c.id == bindparam("id")), {})


async def test_after_a_refused_row_the_connection_serves_on(database: Database, notes: Any) -> None:
    await database.change(insert(notes), {"id": 1})

    with pytest.raises(IntegrityError):
        await database.change(insert(notes), {"id": 1})

    await database.change(insert(notes), {"id": 2})
    assert (await database.look_up(select(notes.c.id))).scalars() == [1, 2]


async def test_it_waits_for_a_hang_no_longer_than_its_deadline(open_database: Open) -> None:
    database = await open_database(deadline=0.3, readers=1)
    gate = threading.Event()
    async with database.read() as connection:
        driver: Any = await connection.run(lambda sync: sync.connection.driver_connection)
        await driver.create_function("hang", 0, gate.wait)

    try:
        with pytest.raises(Unavailable, match=r"not done within 0\.3 s"):
            await database.look_up(select(text("hang()")))
        with pytest.raises(Unavailable, match="No connection came free"):
            await database.look_up(select(text("1")))
    finally:
        gate.set()
    while (await database.plugin_health()).state != "ok":
        pass

    assert (await database.look_up(select(text("1")))).scalar_one() == 1


async def test_a_cancelled_caller_knows_that_its_write_is_over(
    database: Database, notes: Any
) -> None:
    writing = asyncio.ensure_future(database.change(insert(notes), {"id": 1}))
    await asyncio.sleep(0)
    writing.cancel()
    await asyncio.wait({writing})

    assert writing.cancelled()
    assert (await database.look_up(select(notes.c.id))).scalars() == [1]


async def test_who_leaves_before_its_turn_writes_nothing_and_keeps_no_place(
    database: Database, notes: Any
) -> None:
    first, leaving, last = (
        asyncio.ensure_future(database.change(insert(notes), {"id": id})) for id in range(3)
    )
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.wait({first, leaving, last})

    assert leaving.cancelled()
    assert (await database.look_up(select(notes.c.id))).scalars() == [0, 2]
    await database.change(insert(notes), {"id": 3})


async def test_a_file_that_cannot_be_opened_is_unavailable_and_asked_again(
    database: Database, path: Path
) -> None:
    away = path.rename(path.with_name("away.db"))

    with pytest.raises(Unavailable, match="cannot be used at the moment"):
        await database.look_up(select(text("1")))
    with pytest.raises(Unavailable, match="cannot be used at the moment"):
        await database.change(delete(table("notes")))

    away.rename(path)
    assert (await database.look_up(select(text("1")))).scalar_one() == 1
