"""An owner who is signed out everywhere is out, whatever happens at the same time."""

from itertools import combinations
from types import coroutine

import pytest

from satchel.sessions import epochs
from satchel_hookspecs import Unavailable


@coroutine
def pause():
    yield


class Gated:
    """Hooks that pause before each call of the store, so that a test says who goes first."""

    def __init__(self, hooks):
        self.hooks = hooks

    def __getattr__(self, name):
        async def call(**arguments):
            await pause()
            return await getattr(self.hooks, name)(**arguments)

        return call


def goes_on(coro):
    try:
        coro.send(None)
    except StopIteration:
        return False
    return True


def count_steps(make):
    coro, steps = make(), 1
    while goes_on(coro):
        steps += 1
    return steps


def run_in_turns(one, other, turns_of_one, total):
    for turn in range(total):
        goes_on(one if turn in turns_of_one else other)
    # Whoever had more to do because of the other does that now.
    for coro in (one, other):
        while coro.cr_frame is not None and goes_on(coro):
            pass


async def signing_in(house, session):
    await session.sign_in("anna")
    await session.save()


def gated_node(house):
    hooks = house.hooks
    house.hooks = Gated(hooks)
    try:
        return house.node()
    finally:
        house.hooks = hooks


@pytest.mark.parametrize("was_signed_out_before", [False, True])
async def test_no_sign_in_outlives_a_sign_out_everywhere_in_any_order(
    house, was_signed_out_before
):
    node = gated_node(house)
    if was_signed_out_before:
        await house.sessions.end_all("anna")

    async def sign_in():
        await signing_in(house, await house.open(node=node))

    ins, outs = count_steps(sign_in), count_steps(lambda: node.end_all("anna"))
    ended = lived = 0
    for turns in combinations(range(ins + outs), ins):
        session = await house.open(node=node)
        run_in_turns(signing_in(house, session), node.end_all("anna"), turns, ins + outs)
        cookie = session.cookie.value if session.cookie else ""
        fast, strict = house.sessions, house.node(by_owner=False)
        seen = [(await house.open(cookie, each)).is_signed_in for each in (fast, node, strict)]
        ended, lived = ended + (seen == [False] * 3), lived + (seen == [True] * 3)

        assert len(set(seen)) == 1, f"the sign-in took the turns {turns}"
    assert ended and lived
