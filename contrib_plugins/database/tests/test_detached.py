"""A coroutine that runs on without its caller."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from satchel_database.detached import Detached, Work


def begin(work: Work[Any], ended: Callable[..., object] = lambda _: None) -> Detached[Any]:
    running = Detached(work, ended)
    assert running.begin()
    return running


async def test_it_runs_at_once_as_far_as_it_can() -> None:
    begun = []

    async def work() -> str:
        begun.append(True)
        return "done"

    running = Detached(work, lambda _: None)
    before = (running.has_begun, list(begun))
    running.begin()

    assert before == (False, [])
    assert begun == [True]
    assert not running.is_running
    assert await running.answer == "done"


async def test_who_has_left_before_lets_nothing_begin() -> None:
    begun = []

    async def work() -> None:
        begun.append(True)

    running = Detached(work, lambda _: begun.append(True))
    running.answer.cancel()

    assert not running.begin()
    assert not running.has_begun
    assert begun == []


@pytest.mark.parametrize("way", ["well", "badly", "stopped", "left"])
async def test_its_end_is_told_once_when_it_has_come(way: str) -> None:
    gate = asyncio.get_running_loop().create_future()
    told = list[bool]()

    async def work() -> None:
        await gate

    def leave() -> None:
        running.answer.cancel()
        gate.set_result(None)

    running = begin(work, lambda _: told.append(running.answer.done()))
    before = list(told)
    {
        "well": lambda: gate.set_result(None),
        "badly": lambda: gate.set_exception(ZeroDivisionError()),
        "stopped": running.stop,
        "left": leave,
    }[way]()
    await running.end()
    await asyncio.gather(running.answer, return_exceptions=True)

    assert before == []
    assert told == [True]


async def test_a_caller_that_gives_up_leaves_it_running() -> None:
    gate = asyncio.get_running_loop().create_future()
    ended = []

    async def work() -> None:
        await gate
        await asyncio.sleep(0)
        ended.append(True)

    running = begin(work)
    running.answer.set_exception(TimeoutError())
    with pytest.raises(TimeoutError):
        await running.answer
    before = running.is_running
    gate.set_result(None)
    await running.end()

    assert before
    assert ended == [True]
    assert not running.is_running


async def test_a_cancelled_caller_cancels_nothing() -> None:
    gate = asyncio.get_running_loop().create_future()

    async def work() -> str:
        return str(await gate)

    running = begin(work)
    caller = asyncio.ensure_future(_wait_for(running))
    await asyncio.sleep(0)
    caller.cancel()
    await asyncio.wait({caller})
    kept = not gate.cancelled()
    gate.set_result("late")
    await running.end()

    assert kept
    assert caller.cancelled()
    assert not running.is_running


async def _wait_for(running: Detached[str]) -> str:
    return await running.answer


async def test_stopped_it_is_cancelled_where_it_waits() -> None:
    told = []

    async def work() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            told.append(True)
            raise

    running = begin(work)
    running.stop()
    with pytest.raises(asyncio.CancelledError):
        await running.answer

    assert told == [True]


async def test_what_it_cleans_up_after_a_stop_is_not_stopped() -> None:
    gate = asyncio.get_running_loop().create_future()

    async def work() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            await gate

    running = begin(work)
    running.stop()
    await asyncio.sleep(0)
    running.stop()
    before = gate.cancelled()
    gate.set_result(None)
    await running.end()

    assert not before
    assert running.answer.cancelled()


async def test_a_failure_is_the_callers() -> None:
    async def work() -> None:
        await asyncio.sleep(0)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await begin(work).answer


async def test_a_failure_that_nobody_waits_for_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    gate = asyncio.get_running_loop().create_future()

    async def work() -> None:
        await gate
        raise ZeroDivisionError("by nought")

    running = begin(work)
    running.answer.cancel()
    gate.set_result(None)
    await running.end()

    assert "by nought" in caplog.text


async def test_who_waits_for_its_end_waits_no_longer_than_asked() -> None:
    gate = asyncio.get_running_loop().create_future()

    async def work() -> None:
        await gate

    running = begin(work)
    await running.end(0.01)

    assert running.is_running
    gate.set_result(None)
    await running.answer
