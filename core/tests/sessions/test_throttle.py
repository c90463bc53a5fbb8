import asyncio

import pytest

from satchel.sessions import Limit, Records, Throttle
from satchel_hookspecs import Unavailable

ACCOUNT = Limit(free=3, window=60, first=2, longest=30)
ADDRESS = Limit(free=6, window=60, first=2, longest=60)


@pytest.fixture
def throttle(house):
    return Throttle(house.records, ACCOUNT, ADDRESS)


async def tries(throttle, count, account="anna", address="192.0.2.1"):
    return [await throttle.attempt(account, address) for _ in range(count)]


async def test_a_few_attempts_are_free_and_then_the_wait_begins(throttle):
    assert await tries(throttle, 5) == [0, 0, 0, 2, 2]


async def test_waiting_is_counted_by_all_nodes(throttle, house):
    other = Throttle(Records(house.hooks, house.keyring), ACCOUNT, ADDRESS)
    await tries(throttle, 2)

    assert await tries(other, 2) == [0, 2]


async def test_each_further_wait_is_twice_as_long_up_to_the_longest(throttle, clock):
    waits = []
    await tries(throttle, 3, address="")
    for number in range(6):
        wait = await throttle.attempt("anna", f"192.0.2.{number}")
        waits.append(wait)
        clock.now += wait
        assert await throttle.attempt("anna", f"192.0.2.{number}") == 0

    assert waits == [2, 4, 8, 16, 30, 30]


async def test_after_a_quiet_time_all_is_forgotten(throttle, clock):
    await tries(throttle, 4)
    clock.now += 63

    assert await tries(throttle, 4) == [0, 0, 0, 2]


async def test_the_window_begins_with_the_first_attempt(throttle, clock):
    await tries(throttle, 1)
    clock.now += 50
    await tries(throttle, 1)
    clock.now += 11

    assert [0, 0, 0, 2] == await tries(throttle, 4)


async def test_a_wait_does_not_get_longer_by_asking(throttle, clock):
    await tries(throttle, 3)
    clock.now += 1.5

    assert await tries(throttle, 2) == [1, 1]


async def test_a_success_forgets_the_account(throttle):
    await tries(throttle, 2)
    await throttle.attempt("anna", "192.0.2.9")
    await throttle.succeed("anna", "192.0.2.9")

    assert await tries(throttle, 3) == [0, 0, 0]


async def test_an_account_of_ones_own_does_not_free_the_address(throttle):
    waits = []
    for number in range(8):
        waits.append(await throttle.attempt(f"victim {number}", "192.0.2.1"))
        if await throttle.attempt("mine", "192.0.2.1") == 0:
            await throttle.succeed("mine", "192.0.2.1")

    assert waits[-1] > 0


async def test_many_accounts_from_one_address_have_to_wait(throttle):
    waits = [await throttle.attempt(f"user {number}", "192.0.2.1") for number in range(7)]

    assert waits == [0, 0, 0, 0, 0, 0, 2]
    assert await throttle.attempt("user 1", "192.0.2.2") == 0


async def test_an_address_that_has_to_wait_locks_no_account(throttle):
    for number in range(6):
        await throttle.attempt(f"user {number}", "192.0.2.1")
    await tries(throttle, 9, "victim")

    assert await throttle.attempt("victim", "192.0.2.2") == 0


async def test_ipv6_counts_by_network_and_accounts_in_any_case(throttle):
    waits = [await throttle.attempt(f"u{n}", f"2001:db8::{n:x}:1") for n in range(7)]

    assert waits[-1] == 2
    assert [await throttle.attempt(a, "") for a in ("BERT", "bert", "Bert", "bERT")] == [0, 0, 0, 2]


async def test_fifty_at_once_do_not_slip_through(house):
    throttle = Throttle(house.records, ACCOUNT, Limit(free=1000))
    waits = await asyncio.gather(*(throttle.attempt("anna", "192.0.2.1") for _ in range(50)))

    assert waits.count(0) == 3


async def test_a_store_that_is_down_neither_locks_out_nor_lets_through(throttle, house):
    house.hooks.down = {"session_read"}
    with pytest.raises(Unavailable):
        await throttle.attempt("anna", "192.0.2.1")
    house.hooks.down = {"session_write"}
    with pytest.raises(Unavailable):
        await throttle.attempt("anna", "192.0.2.1")

    house.hooks.down = set()
    assert await throttle.attempt("anna", "192.0.2.1") == 0
