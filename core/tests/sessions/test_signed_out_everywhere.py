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


def count_turns(coro):
    turns = 1
    while goes_on(coro):
        turns += 1
    return turns


def run_in_turns(one, other, turns_of_one, total):
    running = [one, other]
    for turn in range(total):
        coro = one if turn in turns_of_one else other
        if coro in running and not goes_on(coro):
            running.remove(coro)
    # Whoever had more to do because of the other does that now.
    for coro in running:
        while goes_on(coro):
            pass


def gated_node(house):
    hooks, house.hooks = house.hooks, Gated(house.hooks)
    node, house.hooks = house.node(), hooks
    return node


async def sign_in(session):
    await session.sign_in("anna")
    await session.save()


@pytest.mark.usefixtures("unmeasured")
@pytest.mark.parametrize("was_signed_out_before", [False, True])
async def test_no_sign_in_outlives_a_sign_out_everywhere_in_any_order(house, was_signed_out_before):
    node = gated_node(house)
    if was_signed_out_before:
        await house.sessions.end_all("anna")
    ins = count_turns(sign_in(await house.open(node=node)))
    total = ins + count_turns(node.end_all("anna"))
    seen = set()
    for turns in combinations(range(total), ins):
        session = await house.open(node=node)
        # This node has just looked, so it would not notice by the epoch alone.
        await house.sessions.epochs.accept("anna", ())
        run_in_turns(sign_in(session), node.end_all("anna"), turns, total)
        cookie = session.cookie.value if session.cookie else ""
        nodes = (house.sessions, house.node(), house.node(by_owner=False))
        alive = [(await house.open(cookie, each)).is_signed_in for each in nodes]
        seen.add(alive[0])
        await house.sessions.end_all("anna")

        assert len(set(alive)) == 1, f"the sign-in took the turns {turns}"
    assert seen == {False, True}


async def test_the_epoch_is_read_once_a_minute(house, clock):
    cookie, node = await house.sign_in("anna"), house.node()
    house.hooks.calls.clear()
    for _ in range(5):
        await house.open(cookie, node)
    first = house.hooks.calls["session_read"]
    clock.now += 60
    await house.open(cookie, node)

    assert (first, house.hooks.calls["session_read"]) == (6, 8)


async def test_the_epoch_is_read_each_time_where_sessions_cannot_be_listed(house):
    cookie, node = await house.sign_in("anna"), house.node(by_owner=False)
    house.hooks.calls.clear()
    for _ in range(5):
        await house.open(cookie, node)

    assert house.hooks.calls["session_read"] == 10


@pytest.mark.parametrize("broken", ["session_list", "session_destroy"])
async def test_who_could_not_be_ended_in_an_outage_is_out_within_a_minute(house, clock, broken):
    cookie, here, elsewhere = await house.sign_in("anna"), house.node(), house.node()
    for node in (here, elsewhere):
        await house.open(cookie, node)
    house.hooks.down = {broken}
    with pytest.raises(Unavailable):
        await here.end_all("anna")

    assert not (await house.open(cookie, here)).is_signed_in
    clock.now += 60
    assert not (await house.open(cookie, elsewhere)).is_signed_in


async def test_a_sign_in_is_not_claimed_before_it_was_confirmed(house, monkeypatch):
    async def fail(owner, epochs):
        raise Unavailable("No answer.")

    session = await house.open()
    await session.sign_in("anna")
    with monkeypatch.context() as patch:
        patch.setattr(house.sessions.epochs, "accept", fail)
        with pytest.raises(Unavailable):
            await session.save()
    claimed = session.cookie
    await house.sessions.end_all("anna")

    assert claimed is None
    assert session.cookie is None


async def test_a_sign_in_whose_outcome_was_unknown_is_confirmed_when_it_is_repeated(
    house, monkeypatch
):
    session = await house.open()
    await session.sign_in("anna")
    write = house.store.session_write

    async def write_and_fall_silent(**arguments):
        version = await write(**arguments)
        if arguments["owner"]:
            raise Unavailable("No answer.")
        return version

    with monkeypatch.context() as patch:
        patch.setattr(house.store, "session_write", write_and_fall_silent)
        with pytest.raises(Unavailable):
            await session.save()
    await house.sessions.epochs.change("anna", "another")

    assert not await session.save()
    assert not session.is_signed_in


async def test_only_so_many_owners_are_remembered(house, monkeypatch):
    monkeypatch.setattr(epochs, "MOST_REMEMBERED", 3)
    for number in range(5):
        await house.sign_in(f"owner{number}")

    assert list(house.sessions.epochs._remembered) == ["owner2", "owner3", "owner4"]
