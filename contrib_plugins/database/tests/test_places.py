"""The places of a lane."""

import asyncio

import pytest

from satchel_database.deadline import Deadline
from satchel_database.places import Places
from satchel_hookspecs import Unavailable


async def test_who_waits_longest_is_next() -> None:
    places, served = Places(1), list[int]()
    await places.take(Deadline(5))

    async def come(number: int) -> None:
        await places.take(Deadline(5))
        served.append(number)
        places.give_back()

    waiting = [asyncio.ensure_future(come(number)) for number in range(5)]
    await asyncio.sleep(0)
    places.give_back()
    await asyncio.gather(*waiting)

    assert served == [0, 1, 2, 3, 4]


async def test_whoever_asked_is_called_in_turn_with_those_who_wait() -> None:
    places, served = Places(1), list[int]()
    await places.take(Deadline(5))

    def ask(number: int) -> None:
        def begin() -> bool:
            served.append(number)
            asyncio.get_running_loop().call_soon(places.give_back)
            return True

        places.ask(begin)

    async def come(number: int) -> None:
        await places.take(Deadline(5))
        served.append(number)
        places.give_back()

    ask(0)
    waiting = asyncio.ensure_future(come(1))
    await asyncio.sleep(0)
    ask(2)
    places.give_back()
    at_once = list(served)
    await waiting
    await places.take(Deadline(5))

    assert at_once == [0]
    assert served == [0, 1, 2]


@pytest.mark.parametrize("is_free", [True, False])
async def test_who_declines_leaves_the_place_to_the_next(is_free: bool) -> None:
    places, asked = Places(1), list[int]()
    if not is_free:
        await places.take(Deadline(5))

    def ask(number: int) -> None:
        places.ask(lambda: asked.append(number) or number == 2)

    for number in range(4):
        ask(number)
    if not is_free:
        places.give_back()

    assert asked == [0, 1, 2]
    with pytest.raises(Unavailable):
        await places.take(Deadline(0.01))


async def test_nobody_waits_beyond_the_deadline_or_keeps_a_place_that_came_too_late() -> None:
    places = Places(1)
    await places.take(Deadline(5))

    with pytest.raises(Unavailable, match=r"No connection came free in 0\.01 s"):
        await places.take(Deadline(0.01))

    places.give_back()
    await places.take(Deadline(0.01))


@pytest.mark.parametrize("came", [False, True])
async def test_a_caller_that_leaves_keeps_no_place(came: bool) -> None:
    places = Places(1)
    await places.take(Deadline(5))
    leaving = asyncio.ensure_future(places.take(Deadline(5)))
    await asyncio.sleep(0)

    if came:
        places.give_back()
    leaving.cancel()
    await asyncio.wait({leaving})
    if not came:
        places.give_back()

    assert leaving.cancelled()
    await places.take(Deadline(0.01))
