"""Sessions as rows: the states that a key goes through."""

from pathlib import Path

import pytest
from sqlalchemy import text

from satchel_database import Database
from satchel_hookspecs import ABSENT, Conflict, GcReport, SessionInfo, Version
from satchel_session_db import DatabaseSessions

from .conftest import Clock, Open

KEY = "a1" * 32


async def test_what_was_written_is_read(store: DatabaseSessions) -> None:
    version = await store.session_write(KEY, b"data", ABSENT, 60, "anna")
    record = await store.session_read(KEY)

    assert record is not None
    assert (record.data, record.version, record.owner, record.ttl) == (b"data", version, "anna", 60)


async def test_there_is_none_before_it_is_created(store: DatabaseSessions) -> None:
    assert await store.session_read(KEY) is None


async def test_creating_twice_shows_the_first(store: DatabaseSessions) -> None:
    version = await store.session_write(KEY, b"first", ABSENT, 60, None)

    with pytest.raises(Conflict) as conflict:
        await store.session_write(KEY, b"second", ABSENT, 60, None)

    assert (conflict.value.current.data, conflict.value.current.version) == (b"first", version)


async def test_each_write_has_another_version(store: DatabaseSessions) -> None:
    first = await store.session_write(KEY, b"same", ABSENT, 60, None)
    second = await store.session_write(KEY, b"same", first, 60, None)

    assert first != second
    with pytest.raises(Conflict) as conflict:
        await store.session_write(KEY, b"late", first, 60, None)
    assert conflict.value.current.version == second


async def test_a_write_keeps_the_owner_and_time_that_it_brings(
    store: DatabaseSessions, clock: Clock
) -> None:
    version = await store.session_write(KEY, b"", ABSENT, 60, None)
    clock.now += 50
    await store.session_write(KEY, b"in", version, 60, "anna")
    record = await store.session_read(KEY)

    assert record is not None
    assert (record.owner, record.ttl) == ("anna", 60)


async def test_a_late_write_does_not_revive_a_destroyed_session(store: DatabaseSessions) -> None:
    version = await store.session_write(KEY, b"data", ABSENT, 60, None)
    destroyed = [await store.session_destroy(KEY), await store.session_destroy(KEY)]

    with pytest.raises(Conflict) as conflict:
        await store.session_write(KEY, b"late", version, 60, None)

    assert destroyed == [True, False]
    assert conflict.value.current is None
    assert await store.session_read(KEY) is None


async def test_an_expired_session_is_none_though_its_row_is_there(
    store: DatabaseSessions, clock: Clock
) -> None:
    version = await store.session_write(KEY, b"data", ABSENT, 60, "anna")
    clock.now += 60

    assert await store.session_read(KEY) is None
    assert await store.session_touch(KEY, 60) is False
    assert await store.session_destroy(KEY) is False
    assert await store.session_list("anna") == []
    with pytest.raises(Conflict) as conflict:
        await store.session_write(KEY, b"late", version, 60, "anna")
    assert conflict.value.current is None


async def test_a_new_session_takes_the_place_of_an_expired_one(
    store: DatabaseSessions, clock: Clock
) -> None:
    await store.session_write(KEY, b"old", ABSENT, 60, "anna")
    clock.now += 60
    await store.session_write(KEY, b"new", ABSENT, 60, "bert")
    record = await store.session_read(KEY)

    assert record is not None
    assert (record.data, record.owner) == (b"new", "bert")
    assert await store.session_list("bert") == [SessionInfo(KEY, clock.now, 60)]


async def test_touching_moves_the_end_and_nothing_else(
    store: DatabaseSessions, clock: Clock
) -> None:
    version = await store.session_write(KEY, b"data", ABSENT, 60, None)
    clock.now += 40
    touched = await store.session_touch(KEY, 60)
    clock.now += 40
    record = await store.session_read(KEY)

    assert touched is True
    assert record is not None
    assert (record.version, record.ttl) == (version, 20)
    assert await store.session_touch("b2" * 32, 60) is False


async def test_the_owners_sessions_are_listed_oldest_first(
    store: DatabaseSessions, clock: Clock
) -> None:
    for letter, owner in [("c", "anna"), ("b", "anna"), ("a", "bert"), ("d", "anna")]:
        await store.session_write(letter * 64, b"", ABSENT, 60, owner)
        clock.now += 1

    listed = await store.session_list("anna")

    assert [info.key[0] for info in listed] == ["c", "b", "d"]
    assert [info.ttl for info in listed] == [56, 57, 59]


async def test_sweeping_stops_at_its_limit_and_spares_the_living(
    store: DatabaseSessions, clock: Clock
) -> None:
    for number in range(5):
        await store.session_write(f"{number:064x}", b"", ABSENT, 60, None)
    clock.now += 60
    await store.session_write(KEY, b"alive", ABSENT, 60, None)

    reports = [await store.session_gc(3), await store.session_gc(3), await store.session_gc(3)]

    assert reports == [GcReport(3, True), GcReport(2, False), GcReport(0, False)]
    assert await store.session_read(KEY) is not None


async def test_sweeping_goes_on_beyond_one_batch(store: DatabaseSessions, clock: Clock) -> None:
    database = Database.of(store.ctx)
    row = "INSERT INTO sessions VALUES (:key, '', 'v', NULL, 0, 1)"
    async with database.write() as connection:
        await connection.execute(text(row), [{"key": f"{number:x}"} for number in range(1203)])

    assert await store.session_gc(1100) == GcReport(1100, True)
    assert await store.session_gc(1100) == GcReport(103, False)


async def test_a_version_that_never_was_is_a_conflict(store: DatabaseSessions) -> None:
    await store.session_write(KEY, b"data", ABSENT, 60, None)

    with pytest.raises(Conflict) as conflict:
        await store.session_write(KEY, b"x", Version("' OR 1=1 --"), 60, None)

    assert conflict.value.current.data == b"data"


async def test_a_prefix_begins_every_name(open_store: Open, path: Path) -> None:
    store = await open_store(db_prefix="rc_")
    await store.session_write(KEY, b"data", ABSENT, 60, None)

    async with Database.of(store.ctx).read() as connection:
        found = await connection.execute(text("SELECT name FROM sqlite_master WHERE sql <> ''"))
        names = {row[0] for row in found}

    assert names == {
        "rc_sessions", "rc_sessions_owner", "rc_sessions_expires", "rc_satchel_version_session_db",
    }  # fmt: skip
