"""The cache: values until their time is over."""

import asyncio

import pytest
from sqlalchemy import func, select

from satchel_hookspecs import Rejected, TooLarge
from satchel_userdata.tables import Tables

from .conftest import ANNA, BERT


async def rows(hooks) -> int:
    cache = Tables(hooks.database).cache
    async with hooks.database.read_latest() as connection:
        return (await connection.execute(select(func.count()).select_from(cache))).scalar_one()


@pytest.mark.parametrize("value", [b"", b"\0", bytes(range(256)), b"x" * 1_000_000])
async def test_what_was_cached_is_read(hooks, value):
    await hooks.userdata_cache_write(ANNA, name="folders", value=value, ttl=60)

    assert await hooks.userdata_cache_read(ANNA, name="folders") == value
    assert await hooks.userdata_cache_read(BERT, name="folders") is None
    assert await hooks.userdata_cache_read(ANNA, name="FOLDERS") is None


async def test_a_value_whose_time_is_over_is_none(hooks, clock):
    await hooks.userdata_cache_write(ANNA, name="folders", value=b"old", ttl=60)
    clock.now += 60

    assert await hooks.userdata_cache_read(ANNA, name="folders") is None
    await hooks.userdata_cache_write(ANNA, name="folders", value=b"new", ttl=60)
    assert await hooks.userdata_cache_read(ANNA, name="folders") == b"new"


async def test_writing_again_replaces_value_and_time(hooks, clock):
    await hooks.userdata_cache_write(ANNA, name="folders", value=b"1", ttl=60)
    clock.now += 50
    await hooks.userdata_cache_write(ANNA, name="folders", value=b"2", ttl=60)
    clock.now += 50

    assert await hooks.userdata_cache_read(ANNA, name="folders") == b"2"


async def test_deleting_twice_is_no_error(hooks):
    await hooks.userdata_cache_write(ANNA, name="folders", value=b"1", ttl=60)

    deleted = [await hooks.userdata_cache_delete(ANNA, name="folders") for _ in range(2)]
    assert deleted == [True, False]
    assert await hooks.userdata_cache_read(ANNA, name="folders") is None


async def test_values_whose_time_is_over_are_swept_by_later_writes(hooks, clock):
    for number in range(49):
        await hooks.userdata_cache_write(ANNA, name=f"old{number}", value=b"", ttl=60)
    clock.now += 61
    await hooks.userdata_cache_write(BERT, name="new", value=b"", ttl=60)

    assert await rows(hooks) == 1


async def test_writers_of_the_same_name_on_two_nodes_both_succeed(open_hooks):
    nodes = [await open_hooks(), await open_hooks()]

    await asyncio.gather(
        *(
            nodes[n % 2].userdata_cache_write(ANNA, name="folders", value=b"%d" % n, ttl=60)
            for n in range(20)
        )
    )

    assert await rows(nodes[0]) == 1


async def test_a_value_has_a_limit_and_a_name_too(hooks):
    with pytest.raises(TooLarge):
        await hooks.userdata_cache_write(ANNA, name="a", value=bytes(4 * 2**20 + 1), ttl=60)
    with pytest.raises(Rejected):
        await hooks.userdata_cache_write(ANNA, name="a b", value=b"", ttl=60)
