"""A coroutine that runs on without its caller."""

import asyncio

import pytest

from satchel_database.detached import Detached


async def test_it_has_begun_when_it_is_made() -> None:
    begun = []

    async def work() -> str:
        begun.append(True)
        return "done"

    running = Detached(work())

    assert begun == [True]
    assert not running.is_running
    assert await running.answer == "done"


async def test_a_caller_that_gives_up_leaves_it_running() -> None:
    gate = asyncio.get_running_loop().create_future()
    ended = []

    async def work() -> None:
        await gate
        await asyncio.sleep(0)
        ended.append(True)

    running = Detached(work())
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

    running = Detached(work())
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

    running = Detached(work())
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

    running = Detached(work())
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
        await Detached(work()).answer


async def test_a_failure_that_nobody_waits_for_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    gate = asyncio.get_running_loop().create_future()

    async def work() -> None:
        await gate
        raise ZeroDivisionError("by nought")

    running = Detached(work())
    running.answer.cancel()
    gate.set_result(None)
    await running.end()

    assert "by nought" in caplog.text


async def test_who_waits_for_its_end_waits_no_longer_than_asked() -> None:
    gate = asyncio.get_running_loop().create_future()

    async def work() -> None:
        await gate

    running = Detached(work())
    await running.end(0.01)

    assert running.is_running
    gate.set_result(None)
    await running.answer
