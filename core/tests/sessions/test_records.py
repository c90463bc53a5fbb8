import asyncio

import pytest

from satchel.sessions import Change, KeyRing, Records, SealBroken
from satchel_hookspecs import Conflict, TooLarge, Unavailable

OTHER = "another secret of the tests, long enough too"


@pytest.fixture
def records(house):
    return house.records


async def test_a_record_comes_back_with_its_time(records, clock):
    version = await records.create("draft", "a/b", {"text": "ć"}, 100)
    clock.now += 40

    found = await records.read("draft", "a/b")
    assert ({"text": "ć"}, version, 60) == (found.value, found.version, found.ttl)


async def test_a_record_that_is_not_there_or_over_is_none(records, clock):
    await records.create("draft", "1", "x", 100)
    clock.now += 101

    assert await records.read("draft", "1") is None
    assert await records.read("draft", "2") is None


async def test_creating_twice_is_a_conflict_with_the_first(records):
    await records.create("ticket", "1", "first", 100)

    with pytest.raises(Conflict) as conflict:
        await records.create("ticket", "1", "second", 100)

    assert conflict.value.current.value == "first"


async def test_replacing_needs_the_version_that_is_there(records):
    version = await records.create("draft", "1", "a", 100)
    newer = await records.replace("draft", "1", "b", version, 100)

    with pytest.raises(Conflict) as conflict:
        await records.replace("draft", "1", "c", version, 100)
    assert ("b", newer) == (conflict.value.current.value, conflict.value.current.version)


async def test_replacing_never_creates(records):
    version = await records.create("draft", "1", "a", 100)
    assert await records.delete("draft", "1")

    with pytest.raises(Conflict) as conflict:
        await records.replace("draft", "1", "b", version, 100)
    assert conflict.value.current is None
    assert await records.read("draft", "1") is None


async def test_deleting_twice_is_no_error(records):
    await records.create("draft", "1", "a", 100)

    assert await records.delete("draft", "1")
    assert not await records.delete("draft", "1")


async def test_touching_gives_more_time(records, clock):
    await records.create("draft", "1", "a", 100)
    clock.now += 90

    assert await records.touch("draft", "1", 100)
    assert not await records.touch("draft", "2", 100)
    clock.now += 90
    assert await records.read("draft", "1")


async def test_fifty_changes_at_once_lose_none(records, house):
    read = house.store.session_read

    async def slow_read(key):
        found = await read(key)
        await asyncio.sleep(0)
        return found

    house.store.session_read = slow_read
    await asyncio.gather(
        *(records.change("count", "1", lambda n: (n or 0) + 1, 100) for _ in range(50))
    )

    assert (await records.read("count", "1")).value == 50
    assert house.hooks.calls["session_write"] > 60


async def test_a_step_that_changes_nothing_writes_nothing(records, house):
    assert await records.update("draft", "1", lambda record: None) is None

    assert house.hooks.calls["session_write"] == 0


async def test_endless_conflicts_end(records, house):
    async def refuse(key, data, expect, ttl, owner):
        raise Conflict(None)

    house.store.session_write = refuse
    with pytest.raises(Unavailable):
        await records.update("draft", "1", lambda record: Change(1, 100))


async def test_kinds_and_ids_do_not_meet(records):
    await records.create("a", "b\0c", 1, 100)
    await records.create("a\0b", "c" + "x", 2, 100)
    await records.create("b", "b\0c", 3, 100)

    assert (await records.read("a", "b\0c")).value == 1


async def test_a_record_is_on_no_owners_list_and_shows_nothing(records, house):
    await records.create("draft", "anna@example.org", "secret words", 100)
    dump = repr(house.store._kept)

    assert "anna" not in dump
    assert "secret" not in dump
    assert [kept.owner for kept in house.store._kept.values()] == [None]


@pytest.mark.parametrize("poison", ["swapped", "forged", "another installation", "owned"])
async def test_a_record_that_is_not_ours_is_one_error_and_can_be_written_over(
    records, house, poison
):
    await records.create("draft", "1", "mine", 100)
    key = next(iter(house.store._kept))
    await records.create("draft", "2", "other", 100)
    other = next(kept for name, kept in house.store._kept.items() if name != key)
    mine = house.store._kept[key]
    data, owner = mine.data, None
    if poison == "swapped":
        data = other.data
    elif poison == "forged":
        data = b'\x01{"text": "forged"}'
    elif poison == "owned":
        owner = "anna"
    else:
        ring = KeyRing([OTHER])
        house.store._kept.pop(key)
        await Records(house.hooks, ring).create("draft", "1", "foreign", 100)
        data = house.store._kept[key].data
    await house.store._replace(key, data, "v", house.store._kept[key].version, 100, owner)

    with pytest.raises(SealBroken):
        await records.read("draft", "1")
    with pytest.raises(Conflict):
        await records.create("draft", "1", "mine", 100)
    await records.change("draft", "1", lambda value: ["new", value], 100)
    assert (await records.read("draft", "1")).value == ["new", None]


async def test_an_old_secret_opens_records_and_the_next_write_seals_anew(records, house):
    await records.create("draft", "1", "a", 100)
    both = Records(house.hooks, KeyRing([OTHER, house.secret]))
    await both.change("draft", "1", lambda value: value + "b", 100)

    assert (await Records(house.hooks, KeyRing([OTHER])).read("draft", "1")).value == "ab"


async def test_what_is_too_large_is_refused(records):
    with pytest.raises(TooLarge):
        await records.create("draft", "1", "x" * 3_000_000, 100)


async def test_a_store_that_is_down_is_not_an_absent_record(records, house):
    house.hooks.down = {"session_read"}

    with pytest.raises(Unavailable):
        await records.read("draft", "1")
    with pytest.raises(Unavailable):
        await records.change("draft", "1", lambda value: value, 100)
