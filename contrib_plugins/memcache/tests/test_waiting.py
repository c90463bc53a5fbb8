"""Calls wait as long as their time lasts, and whoever was answered is let go."""

import asyncio

from satchel_memcache.call import Call
from satchel_memcache.waiting import Waiting


def some_call(seconds: float) -> Call:
    loop = asyncio.get_running_loop()
    return Call(loop.time() + seconds, loop.create_future())


async def test_only_those_that_were_not_answered_are_late() -> None:
    late = asyncio.Queue[Call]()
    waiting = Waiting(late.put_nowait)
    answered, first, second = some_call(0.01), some_call(0.02), some_call(0.03)
    for call in (answered, first, second):
        waiting.add(call)
    answered.answer.set_result(None)

    assert [await late.get(), await late.get()] == [first, second]
    assert late.empty()


async def test_the_next_call_has_a_time_of_its_own() -> None:
    late = asyncio.Queue[Call]()
    waiting = Waiting(late.put_nowait)
    waiting.add(some_call(0.01))
    await late.get()
    after = some_call(0.01)
    waiting.add(after)

    assert await late.get() is after


async def test_what_is_left_at_the_end_is_told() -> None:
    waiting = Waiting(lambda call: None)
    answered, left = some_call(60), some_call(60)
    waiting.add(answered)
    waiting.add(left)
    answered.answer.set_result(None)
    waiting.forget_answered()

    assert waiting.close() == [left]
