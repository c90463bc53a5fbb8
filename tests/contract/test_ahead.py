"""A store that reads one step ahead of whoever is served."""

import asyncio
from contextlib import aclosing

import pytest

from satchel_hookspecs.ahead import look_ahead


async def test_every_answer_comes_in_order() -> None:
    async def ask(part: int) -> int:
        return part * 2

    async with aclosing(look_ahead(ask, [3, 1, 2])) as answers:
        assert [each async for each in answers] == [(3, 6), (1, 2), (2, 4)]
    none: list[int] = []
    async with aclosing(look_ahead(ask, none)) as answers:
        assert [each async for each in answers] == []


async def test_one_step_and_no_more_is_on_its_way_while_an_answer_is_used() -> None:
    asked = []

    async def ask(part: int) -> int:
        asked.append(part)
        return part

    async with aclosing(look_ahead(ask, [1, 2, 3])) as answers:
        await anext(answers)

        assert asked == [1, 2]


async def test_a_failure_is_raised_in_its_turn() -> None:
    async def ask(part: int) -> int:
        if part == 2:
            raise OSError("It is gone.")
        return part

    async with aclosing(look_ahead(ask, [1, 2])) as answers:
        assert await anext(answers) == (1, 1)
        with pytest.raises(OSError, match="gone"):
            await anext(answers)


async def test_what_was_asked_ahead_is_at_its_end_when_it_is_closed() -> None:
    ended = asyncio.Event()

    async def ask(part: int) -> int:
        try:
            await asyncio.sleep(60 * (part - 1))
        finally:
            await asyncio.sleep(0)
            ended.set()
        return part

    async with aclosing(look_ahead(ask, [1, 2])) as answers:
        await anext(answers)
        ended.clear()
        await asyncio.sleep(0)

    assert ended.is_set()
