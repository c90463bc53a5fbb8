"""The alarms of a lane."""

import asyncio
from typing import Any

import pytest

from satchel_database.alarms import Alarms
from satchel_database.deadline import Deadline


def waiting() -> asyncio.Future[Any]:
    return asyncio.get_running_loop().create_future()


async def test_each_is_failed_at_its_own_deadline_in_whatever_order_they_came() -> None:
    alarms, began = Alarms(), asyncio.get_running_loop().time()
    late, soon, later = waiting(), waiting(), waiting()
    alarms.set(late, Deadline(0.2))
    alarms.set(soon, Deadline(0.02))
    alarms.set(later, Deadline(0.3))
    ended = []

    for each, seconds in ((soon, 0.02), (late, 0.2), (later, 0.3)):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(each, 10)
        assert asyncio.get_running_loop().time() - began >= seconds
        ended.append([one.done() for one in (soon, late, later)])

    assert ended[0] == [True, False, False]
    assert ended[-1] == [True, True, True]


async def test_what_was_answered_or_cleared_is_let_be() -> None:
    alarms = Alarms()
    answered, cleared, last = waiting(), waiting(), waiting()
    for each in (answered, cleared, last):
        alarms.set(each, Deadline(0.02))
    answered.set_result("answer")
    alarms.clear(cleared)
    alarms.clear(cleared)

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(last, 10)

    assert answered.result() == "answer"
    assert not cleared.done()


async def test_it_goes_off_again_after_a_time_with_nobody_to_wait_for() -> None:
    alarms, first, second = Alarms(), waiting(), waiting()
    alarms.set(first, Deadline(0.01))
    alarms.clear(first)
    await asyncio.sleep(0.05)
    alarms.set(second, Deadline(0.01))

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(second, 10)


async def test_callers_that_come_one_after_another_share_a_timer() -> None:
    alarms, wound = Alarms(), list[float]()
    loop = asyncio.get_running_loop()
    made = loop.call_at

    def count(when: float, *rest: Any, **options: Any) -> asyncio.TimerHandle:
        wound.append(when)
        return made(when, *rest, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "call_at", count)
        for _ in range(100):
            each = waiting()
            alarms.set(each, Deadline(5))
            alarms.clear(each)

    assert len(wound) == 1
