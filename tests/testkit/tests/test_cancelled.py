"""A call is cancelled at each of its awaits, one after another."""

import asyncio

from satchel_testkit.cancelled import cancelled_everywhere


async def test_every_await_is_reached_and_then_the_end() -> None:
    reached: list[list[int]] = []

    async def call(number: int) -> None:
        reached.append([])
        for step in range(3):
            reached[-1].append(step)
            await asyncio.sleep(0)
        reached[-1].append(99)

    ends = [task.cancelled() async for _, task in cancelled_everywhere(call)]

    assert ends == [True, True, True, False]
    assert reached == [[0], [0, 1], [0, 1, 2], [0, 1, 2, 99]]


async def test_a_call_that_shields_its_step_ends_it_first() -> None:
    done: list[int] = []

    async def step(number: int) -> None:
        await asyncio.sleep(0)
        done.append(number)

    async def call(number: int) -> None:
        task = asyncio.ensure_future(step(number))
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            await task
            raise

    ends = [task.cancelled() async for _, task in cancelled_everywhere(call)]

    assert ends == [True, False]
    assert done == [1, 2]
