"""Requests of one session at the same time, on any nodes."""

import asyncio

import pytest

from satchel.sessions.cookies import Cookie
from satchel.sessions.tokens import key_of
from satchel_hookspecs import Conflict, Unavailable


async def test_a_slow_request_that_changed_nothing_reverts_nothing(house):
    cookie = await house.sign_in(x="old", y="keep")
    slow, fast = await house.open(cookie), await house.open(cookie, house.node())
    fast["x"], fast["k"] = "new", "kept"
    del fast["y"]
    await fast.save()
    await slow.save()

    assert await house.values(cookie) == {"x": "new", "k": "kept"}


async def test_a_slow_request_brings_only_its_own_changes(house):
    cookie = await house.sign_in(x="old", y="keep", z=1)
    slow, fast = await house.open(cookie), await house.open(cookie, house.node())
    fast["x"], fast["k"] = "new", "kept"
    del fast["y"]
    await fast.save()
    slow["mine"] = 1
    del slow["z"]
    assert await slow.save()

    assert await house.values(cookie) == {"x": "new", "k": "kept", "mine": 1}
    assert dict(slow) == {"x": "new", "k": "kept", "mine": 1}


async def test_a_late_request_does_not_undo_signing_out(house):
    cookie = await house.sign_in(account="anna")
    late, out = await house.open(cookie), await house.open(cookie)
    await out.sign_out()
    late["mail"] = "read"

    assert not await late.save()
    assert await house.values(cookie) == {}
    assert key_of(cookie) not in house.store._kept
    assert (late.is_signed_in, dict(late)) == (False, {})
    assert Cookie("", 0) == late.cookie


async def test_a_late_request_that_only_read_does_not_undo_signing_out_either(house, clock):
    cookie = await house.sign_in(account="anna")
    late, out = await house.open(cookie), await house.open(cookie)
    await out.sign_out()
    clock.now += 400
    await late.save()

    assert not (await house.open(cookie)).is_signed_in


async def test_a_late_request_does_not_revive_what_was_renewed_or_expired(house, clock):
    cookie = await house.sign_in(account="anna")
    late, again, last = [await house.open(cookie) for _ in range(3)]
    await again.sign_in("anna")
    await again.save()
    late["x"] = last["x"] = 1
    await late.save()
    clock.now += 700
    await last.save()

    assert not (await house.open(cookie)).is_signed_in


async def test_five_appends_at_once_keep_five_values(house):
    cookie = await house.sign_in(seen=[])
    requests = [await house.open(cookie) for _ in range(5)]
    for number, request in enumerate(requests):
        request["seen"].append(number)
    await asyncio.gather(*(request.save() for request in requests))

    assert sorted((await house.values(cookie))["seen"]) == [0, 1, 2, 3, 4]


async def test_removing_then_setting_again_is_kept_and_reading_again_doubles_nothing(house):
    cookie = await house.sign_in(n={"a": ["1"]})
    session, other = await house.open(cookie), await house.open(cookie)
    del session["n"]["a"]
    session["n"]["a"] = ["2"]
    other["n"]["b"] = 3
    await other.save()
    await session.save()
    await session.save()

    assert await house.values(cookie) == {"n": {"a": ["2"], "b": 3}}


async def test_a_record_that_vanished_is_not_taken_for_alive(house):
    cookie = await house.sign_in(account="anna")
    session = await house.open(cookie)
    house.store._kept.pop(key_of(cookie))
    session["x"] = 1

    assert not await session.save()
    assert key_of(cookie) not in house.store._kept


async def test_two_first_writes_of_one_visitor_are_two_sessions(house):
    page = await house.open()
    token = page.csrf_token
    one, other = [await house.open(page.cookie.value) for _ in range(2)]
    one["x"], other["x"] = 1, 2
    await one.save()
    await other.save()

    assert one.cookie.value != other.cookie.value
    assert await house.values(one.cookie.value) == {"x": 1}
    assert (await house.open(one.cookie.value)).check_csrf(token)


async def test_fifty_writers_lose_no_key(house):
    cookie = await house.sign_in(all=[], names={})
    nodes = [house.node() for _ in range(4)]
    read = house.store.session_read

    async def slow_read(key):
        await asyncio.sleep(0)
        return await read(key)

    house.store.session_read = slow_read

    async def write(number):
        session = await house.open(cookie, nodes[number % 4])
        await asyncio.sleep(0)
        session[f"key {number}"] = number
        session["all"].append(number)
        session["names"][str(number)] = number
        assert await session.save()

    await asyncio.gather(*(write(number) for number in range(50)))

    values = await house.values(cookie)
    assert list(range(50)) == sorted(values["all"])
    assert len(values["names"]) == 50
    assert list(range(50)) == sorted(values[f"key {number}"] for number in range(50))
    assert house.hooks.calls["session_write"] > 60


async def test_a_request_that_saves_twice_at_once_writes_once(house):
    cookie = await house.sign_in()
    session = await house.open(cookie)
    session["x"] = 1
    house.hooks.calls.clear()
    await asyncio.gather(session.save(), session.save())

    assert house.hooks.calls["session_write"] == 1


async def test_endless_conflicts_end(house):
    cookie = await house.sign_in(x=0)
    session = await house.open(cookie)
    session["x"] = 1

    async def refuse(key, data, expect, ttl, owner):
        raise Conflict(await house.store.session_read(key))

    house.store.session_write = refuse
    with pytest.raises(Unavailable):
        await session.save()


async def test_a_conflict_with_what_cannot_be_opened_ends_the_session(house):
    cookie = await house.sign_in(x=0)
    session = await house.open(cookie)
    kept = house.store._kept[key_of(cookie)]
    await house.store._replace(key_of(cookie), b"poison", "v", kept.version, 600, "anna")
    session["x"] = 1

    assert not await session.save()
    assert not session.is_signed_in


async def test_saving_again_after_an_unknown_outcome_doubles_nothing(house):
    cookie = await house.sign_in(all=[])
    session = await house.open(cookie)
    session["all"].append(1)
    write = house.store.session_write

    async def write_and_fall_silent(**arguments):
        await write(**arguments)
        raise Unavailable("No answer.")

    house.store.session_write = write_and_fall_silent
    with pytest.raises(Unavailable):
        await session.save()
    house.store.session_write = write
    await session.save()

    assert await house.values(cookie) == {"all": [1]}


async def test_two_who_sign_out_the_others_at_once_leave_at_most_one(house):
    cookies = [await house.sign_in("anna") for _ in range(2)]
    node = house.node(by_owner=False)
    sessions = [await house.open(cookie, house.node(by_owner=False)) for cookie in cookies]
    await asyncio.gather(*(session.sign_out_others() for session in sessions))

    alive = [(await house.open(cookie, node)).is_signed_in for cookie in cookies]
    assert sum(alive) == 1


async def test_signing_out_others_keeps_what_another_request_saved_meanwhile(house):
    cookie = await house.sign_in("anna", x=1)
    session, other = await house.open(cookie), await house.open(cookie)
    other["y"] = 2
    await other.save()
    await session.sign_out_others()

    assert await house.values(cookie) == {"x": 1, "y": 2}
