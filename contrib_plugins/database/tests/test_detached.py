"""A coroutine that runs on without its caller."""

import asyncio
import gc
import weakref
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import pytest

from satchel_database.detached import Detached, Work


class Left(Exception):
    """Why a caller is made to leave."""


def begin(work: Work[Any], ended: Callable[..., object] = lambda _: None) -> Detached[Any]:
    running = Detached(work, ended)
    assert running.begin()
    return running


def gate() -> asyncio.Future[Any]:
    return asyncio.get_running_loop().create_future()


async def wait_for(running: Detached[Any]) -> Any:
    return await running


async def come(running: Detached[Any]) -> asyncio.Task[Any]:
    caller = asyncio.ensure_future(wait_for(running))
    await asyncio.sleep(0)
    return caller


async def come_and_leave(running: Detached[Any]) -> asyncio.Task[Any]:
    caller = await come(running)
    caller.cancel()
    await asyncio.wait({caller})
    return caller


async def test_it_runs_as_far_as_it_can_before_the_loop_turns() -> None:
    turned = list[bool]()

    async def work() -> str:
        return "done"

    asyncio.get_running_loop().call_soon(turned.append, True)

    assert await begin(work()) == "done"
    assert turned == []


async def test_it_waits_until_it_may_begin_and_keeps_the_callers_context() -> None:
    whose, seen = ContextVar("whose", default=""), list[str]()

    async def work() -> str:
        seen.append(whose.get())
        return "done"

    async def call() -> str:
        whose.set("anna")
        return await running

    running = Detached(work(), lambda _: None)
    caller = asyncio.ensure_future(call())
    await asyncio.sleep(0)
    before = (running.has_begun, list(seen))
    assert running.begin()

    assert await caller == "done"
    assert before == (False, [])
    assert seen == ["anna"]


@pytest.mark.parametrize("moment", ["before it may begin", "in the same moment"])
@pytest.mark.parametrize("way", ["cancelled", "failed"])
async def test_who_leaves_early_lets_nothing_begin(moment: str, way: str) -> None:
    begun, told = list[bool](), list[bool]()

    async def work() -> None:
        begun.append(True)

    running = Detached(work(), lambda _: told.append(running.has_begun))
    caller = await come(running)
    came = moment == "in the same moment" and running.begin()
    if way == "cancelled":
        caller.cancel()
    else:
        running.set_exception(Left())
    await asyncio.wait({caller})

    assert caller.cancelled() if way == "cancelled" else isinstance(caller.exception(), Left)
    assert begun == []
    assert not running.has_begun
    # Whoever let it begin hears of the end, and nobody else can let it begin.
    assert told == ([False] if came else [])
    assert not running.begin()


@pytest.mark.parametrize("way", ["well", "badly", "left", "stopped"])
async def test_its_end_is_told_once_when_it_has_come(way: str) -> None:
    closed, told = gate(), list[bool]()

    async def work() -> None:
        await closed

    running = begin(work(), lambda _: told.append(running.is_running))
    caller = await come(running)
    before = list(told)
    if way in {"left", "stopped"}:
        caller.cancel()
        await asyncio.wait({caller})
        before = list(told)
    {
        "well": lambda: closed.set_result(None),
        "left": lambda: closed.set_result(None),
        "badly": lambda: closed.set_exception(ZeroDivisionError()),
        "stopped": running.stop,
    }[way]()
    await running.end()
    await asyncio.wait({caller})
    await asyncio.sleep(0)

    assert before == []
    assert told == [False]
    assert running.has_failed == (way == "badly")


async def test_it_goes_on_from_wait_to_wait_as_in_any_task() -> None:
    gates = [gate() for _ in range(3)]

    async def work() -> list[object]:
        seen = list[object]()
        for each in gates:
            try:
                seen.append(await each)
            except (ZeroDivisionError, asyncio.CancelledError) as error:
                seen.append(type(error))
            await asyncio.sleep(0)
        return seen

    caller = await come(begin(work()))
    gates[0].set_result("first")
    gates[1].set_exception(ZeroDivisionError())
    await asyncio.sleep(0.01)
    gates[2].cancel()

    assert await caller == ["first", ZeroDivisionError, asyncio.CancelledError]


async def test_a_caller_that_is_made_to_leave_leaves_it_running() -> None:
    closed, ended = gate(), list[bool]()

    async def work() -> None:
        await closed
        await asyncio.sleep(0)
        await asyncio.sleep(0.001)
        ended.append(True)

    running = begin(work())
    caller = await come(running)
    running.set_exception(Left())
    with pytest.raises(Left):
        await caller
    before = running.is_running
    closed.set_result(None)
    await running.end()

    assert before
    assert ended == [True]
    assert not running.is_running


async def test_a_cancelled_caller_cancels_nothing() -> None:
    closed = gate()

    async def work() -> str:
        return str(await closed)

    running = begin(work())
    caller = await come(running)
    caller.cancel("no longer wanted")
    await asyncio.wait({caller})
    kept = not closed.cancelled()
    closed.set_result("late")
    await running.end()

    assert kept
    assert caller.cancelled()
    with pytest.raises(asyncio.CancelledError, match="no longer wanted"):
        await caller
    assert not running.is_running


@pytest.mark.parametrize("came_first", ["answer", "cancel"])
async def test_answered_and_cancelled_in_one_moment_the_caller_leaves_and_it_ends(
    came_first: str,
) -> None:
    closed, ended = gate(), list[object]()

    async def work() -> None:
        ended.append(await closed)
        await asyncio.sleep(0)
        ended.append("end")

    running = begin(work())
    caller = await come(running)
    if came_first == "answer":
        closed.set_result("answer")
        caller.cancel()
    else:
        caller.cancel()
        closed.set_result("answer")
    await asyncio.wait({caller})
    await running.end()

    assert caller.cancelled()
    assert ended == ["answer", "end"]


async def test_failed_and_cancelled_in_one_moment_the_caller_leaves(
    caplog: pytest.LogCaptureFixture,
) -> None:
    closed = gate()

    async def work() -> None:
        await closed

    running = begin(work())
    caller = await come(running)
    closed.set_exception(ZeroDivisionError("by nought"))
    caller.cancel()
    await asyncio.wait({caller})
    await running.end()

    assert caller.cancelled()
    assert "by nought" in caplog.text


async def test_cancelled_between_two_waits_the_caller_leaves() -> None:
    ended = list[bool]()

    async def work() -> None:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        ended.append(True)

    running = begin(work())
    caller = await come_and_leave(running)
    await running.end()

    assert caller.cancelled()
    assert ended == [True]


async def test_an_alarm_in_the_moment_of_an_answer_rings_at_the_next_wait() -> None:
    first, second = gate(), gate()

    async def work() -> None:
        await first
        await second

    running = begin(work())
    caller = await come(running)
    first.set_result(None)
    running.set_exception(Left())
    with pytest.raises(Left):
        await caller
    second.set_result(None)
    await running.end()

    assert not running.is_running


async def test_an_alarm_in_the_moment_of_the_last_answer_changes_nothing() -> None:
    closed = gate()

    async def work() -> str:
        return str(await closed)

    running = begin(work())
    caller = await come(running)
    closed.set_result("answer")
    running.set_exception(Left())

    assert await caller == "answer"


async def test_left_and_stopped_it_is_cancelled_where_it_waits() -> None:
    told = []

    async def work() -> None:
        try:
            await gate()
        except asyncio.CancelledError:
            told.append(True)
            raise

    running = begin(work())
    await come_and_leave(running)
    running.stop()
    await running.end()

    assert told == [True]


async def test_a_stop_that_comes_with_an_answer_can_be_told_again() -> None:
    first, second = gate(), gate()

    async def work() -> None:
        await first
        await second

    running = begin(work())
    await come_and_leave(running)
    first.set_result(None)
    running.stop()
    before = running.was_stopped
    await asyncio.sleep(0)
    running.stop()
    await running.end(5)

    assert not before
    assert second.cancelled()
    assert not running.is_running


async def test_what_it_cleans_up_after_a_stop_is_not_stopped() -> None:
    cleaned = gate()

    async def work() -> None:
        try:
            await gate()
        finally:
            await cleaned

    running = begin(work())
    await come_and_leave(running)
    running.stop()
    await asyncio.sleep(0)
    running.stop()
    before = cleaned.cancelled()
    cleaned.set_result(None)
    await running.end()

    assert not before
    assert running.was_stopped


async def test_a_failure_is_the_callers() -> None:
    async def work() -> None:
        await asyncio.sleep(0)
        raise ZeroDivisionError

    running = begin(work())
    with pytest.raises(ZeroDivisionError):
        await running

    assert running.has_failed


async def test_a_failure_that_nobody_waits_for_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    closed = gate()

    async def work() -> None:
        await closed
        raise ZeroDivisionError("by nought")

    running = begin(work())
    await come_and_leave(running)
    closed.set_result(None)
    await running.end()

    assert "by nought" in caplog.text
    assert not running.has_failed


async def test_who_waits_for_its_end_waits_no_longer_than_asked() -> None:
    closed = gate()

    async def work() -> None:
        await closed

    running = begin(work())
    await come_and_leave(running)
    await running.end(0.01)

    assert running.is_running
    closed.set_result(None)
    await running.end()


@pytest.mark.parametrize("way", ["well", "badly", "left"])
async def test_what_was_answered_is_kept_no_longer_than_the_caller_keeps_it(way: str) -> None:
    closed = gate()

    class Sent:
        """What a statement has sent, or was answered."""

    async def work(sent: Sent) -> Sent:
        await closed
        if way == "badly":
            raise ZeroDivisionError
        return sent

    async def call() -> weakref.ref[Sent]:
        sent = Sent()
        running = begin(work(sent))
        caller = await come(running)
        if way == "left":
            running.set_exception(Left())
            await asyncio.wait({caller})
        closed.set_result(None)
        await asyncio.gather(caller, return_exceptions=True)
        await running.end()
        return weakref.ref(sent)

    gc.disable()
    try:
        kept = await call()
        await asyncio.sleep(0)
        assert kept() is None
    finally:
        gc.enable()
