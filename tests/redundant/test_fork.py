"""Two copies from one source."""

import asyncio
from collections.abc import AsyncIterator

from satchel_attachments_redundant.fork import AHEAD, Fork

FRAMES = [(number, b"%d" % number) for number in range(7, 30)]


async def source() -> AsyncIterator[tuple[int, bytes]]:
    for numbered in FRAMES:
        await asyncio.sleep(0)
        yield numbered


async def test_both_get_every_frame_at_the_pace_of_the_slower() -> None:
    fork, taken = Fork(source()), list[tuple[int, bytes]]()
    ahead = 0

    async def take_slowly() -> None:
        async for numbered in fork.second():
            for _ in range(5):
                await asyncio.sleep(0)
            taken.append(numbered)

    second = asyncio.create_task(take_slowly())
    first = list[tuple[int, bytes]]()
    async for numbered in fork.first():
        first.append(numbered)
        ahead = max(ahead, len(first) - len(taken))
    await second

    assert first == taken == FRAMES
    assert ahead <= AHEAD + 2
    assert (fork.start, fork.stop) == (7, 30)


async def test_a_second_that_fails_while_it_is_waited_for_keeps_the_first_from_nothing() -> None:
    fork = Fork(source())

    async def fail_late() -> None:
        async for _ in fork.second():
            await asyncio.sleep(0.05)
            raise OSError

    second = asyncio.create_task(fail_late())
    second.add_done_callback(fork.leave)
    first = [numbered async for numbered in fork.first()]

    assert first == FRAMES
    assert isinstance(second.exception(), OSError)


async def test_a_second_that_never_read_keeps_the_first_from_nothing() -> None:
    fork = Fork(source())
    fork.leave()

    assert [numbered async for numbered in fork.first()] == FRAMES
