"""Preferences: one row a setting."""

import asyncio
import json

import pytest
from sqlalchemy import text

from satchel_hookspecs import Rejected

from .conftest import ANNA, BERT

STRANGE = [
    "",
    "\0",
    "'; DROP TABLE userdata_preferences; --",
    "%",
    "\ud800",
    "ключ 🔑",
    "x" * 50_000,
]


async def test_there_are_none_before_any_is_set(hooks):
    assert await hooks.userdata_preferences(ANNA) == {}


@pytest.mark.parametrize("value", [True, 0, -1.5, [1, ["a"]], {"a": {"b": None}}, *STRANGE])
async def test_what_was_set_is_read(hooks, value):
    await hooks.userdata_preferences_set(ANNA, changes={"list.columns": value})

    assert await hooks.userdata_preferences(ANNA) == {"list.columns": value}
    assert await hooks.userdata_preferences(BERT) == {}


async def test_a_change_leaves_all_other_settings(hooks):
    await hooks.userdata_preferences_set(ANNA, changes={"a": 1, "b": 1, "c": 1})
    await hooks.userdata_preferences_set(ANNA, changes={"b": 2, "c": None, "d": None})

    assert await hooks.userdata_preferences(ANNA) == {"a": 1, "b": 2}


async def test_writers_of_different_settings_lose_nothing(open_hooks):
    nodes = [await open_hooks(), await open_hooks()]

    async def write(number: int) -> None:
        for value in range(20):
            change = {f"setting{number}": value}
            await nodes[number % 2].userdata_preferences_set(ANNA, changes=change)

    await asyncio.gather(*map(write, range(6)))

    assert await nodes[0].userdata_preferences(ANNA) == {f"setting{n}": 19 for n in range(6)}


async def test_writers_of_the_same_new_setting_both_succeed(open_hooks):
    nodes = [await open_hooks(), await open_hooks()]

    await asyncio.gather(
        *(nodes[n % 2].userdata_preferences_set(ANNA, changes={"a": n, "b": n}) for n in range(10))
    )

    found = await nodes[0].userdata_preferences(ANNA)
    assert found["a"] == found["b"]


async def test_a_row_is_a_setting_under_the_prefix(hooks, prefix):
    await hooks.userdata_preferences_set(ANNA, changes={"a": [1], "b": "x"})

    async with hooks.database.read_latest() as connection:
        asked = text(f"SELECT name, value FROM {prefix}userdata_preferences")  # noqa: S608
        rows = await connection.execute(asked)
        assert {name: json.loads(value) for name, value in rows} == {"a": [1], "b": "x"}


@pytest.mark.parametrize("name", ["", "a b", "é", "a\0", "x" * 201, "\n"])
async def test_a_strange_name_of_a_setting_is_refused(hooks, name):
    with pytest.raises(Rejected, match="letters of ASCII"):
        await hooks.userdata_preferences_set(ANNA, changes={name: 1})


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, b"bytes", "x" * 60_000, object()])
async def test_what_json_cannot_say_is_refused_and_nothing_is_changed(hooks, value):
    with pytest.raises(Rejected):
        await hooks.userdata_preferences_set(ANNA, changes={"good": 1, "bad": value})

    assert await hooks.userdata_preferences(ANNA) == {}


async def test_an_owner_has_room_for_a_thousand_settings(hooks):
    await hooks.userdata_preferences_set(ANNA, changes={f"s{n}": n for n in range(1000)})

    with pytest.raises(Rejected, match="at most 1000"):
        await hooks.userdata_preferences_set(ANNA, changes={"s0": "changed", "more": 1})
    found = await hooks.userdata_preferences(ANNA)
    assert (len(found), found["s0"]) == (1000, 0)


@pytest.mark.parametrize("owner", ["", "a/b", "a b", "ä", "x" * 129])
async def test_a_strange_owner_is_a_mistake_of_the_host(hooks, owner):
    with pytest.raises(ValueError, match="no name of an owner"):
        await hooks.userdata_preferences(owner)
