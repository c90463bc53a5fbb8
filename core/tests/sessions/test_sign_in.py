"""Signing in and out, here and everywhere, and the token that forms carry."""

import pytest

from satchel.sessions import DeviceList
from satchel.sessions.cookies import Cookie
from satchel.sessions.tokens import key_of
from satchel_hookspecs import Unavailable


async def test_signing_in_gives_a_new_token_and_ends_the_old(house):
    session = await house.open()
    session["theme"] = "dark"
    await session.save()
    before = session.cookie.value
    session = await house.open(before)
    await session.sign_in("anna")
    await session.save()

    assert before != session.cookie.value
    assert key_of(before) not in house.store._kept
    assert await house.values(before) == {}
    assert [
        ("session_created", {"key": key_of(before), "owner": None}),
        ("session_destroyed", {"key": key_of(before), "owner": None, "reason": "renewed"}),
        ("session_created", {"key": key_of(session.cookie.value), "owner": "anna"}),
    ] == house.hooks.events


async def test_signing_in_again_gives_a_new_token_too(house):
    before = await house.sign_in("anna", mail="secret")
    session = await house.open(before)
    await session.sign_in("bert")
    await session.save()

    assert await house.values(session.cookie.value) == {}
    assert not (await house.open(before)).is_signed_in


async def test_a_visitors_values_are_carried_only_where_allowed(house):
    node = house.node(carried=["language"])
    session = await house.open(node=node)
    session.update(language="pl", planted="by another")
    await session.sign_in("anna")
    session["account"] = "anna@example.org"
    await session.save()

    cookie = session.cookie.value
    assert await house.values(cookie) == {"language": "pl", "account": "anna@example.org"}


async def test_a_sign_in_that_was_not_saved_leaves_no_cookie_and_no_old_session(house):
    before = await house.sign_in("anna")
    session = await house.open(before)
    await session.sign_in("bert")
    house.hooks.down = {"session_write"}

    with pytest.raises(Unavailable):
        await session.save()

    house.hooks.down = set()
    assert session.cookie is None
    assert not (await house.open(before)).is_signed_in


async def test_signing_out_ends_the_session_and_deletes_the_cookie(house):
    cookie = await house.sign_in(mail="secret")
    session = await house.open(cookie)
    await session.sign_out()
    await session.save()

    assert (session.is_signed_in, dict(session)) == (False, {})
    assert Cookie("", 0) == session.cookie
    assert not (await house.open(cookie, house.node())).is_signed_in
    assert (
        house.hooks.events[-1][0],
        house.hooks.events[-1][1]["reason"],
    ) == ("session_destroyed", "sign_out")


async def test_signing_out_twice_is_no_error(house):
    cookie = await house.sign_in()
    one, other = await house.open(cookie), await house.open(cookie)
    await one.sign_out()
    await other.sign_out()
    await other.sign_out()

    assert [name for name, _ in house.hooks.events].count("session_destroyed") == 1


async def test_signing_out_of_a_store_that_is_down_is_not_claimed(house):
    cookie = await house.sign_in()
    session = await house.open(cookie)
    house.hooks.down = {"session_destroy"}

    with pytest.raises(Unavailable):
        await session.sign_out()

    assert session.cookie is None


async def test_a_word_of_farewell_after_signing_out_is_a_visitors(house):
    cookie = await house.sign_in()
    session = await house.open(cookie)
    await session.sign_out()
    session["notice"] = "Goodbye"
    await session.save()

    again = await house.open(session.cookie.value)
    assert (again.is_signed_in, again["notice"]) == (False, "Goodbye")


@pytest.mark.parametrize("by_owner", [True, False])
async def test_signing_out_others_ends_them_all_and_carries_on_here(house, by_owner):
    node = house.node(by_owner=by_owner)
    others = [await house.sign_in("anna") for _ in range(3)]
    bert, here = await house.sign_in("bert"), await house.sign_in("anna", n=1)
    session = await house.open(here, node)
    session["n"] = 2
    await session.sign_out_others()

    assert [(await house.open(cookie, node)).is_signed_in for cookie in others] == [False] * 3
    assert (await house.open(bert, node)).is_signed_in
    assert await house.values(here, node) == {"n": 2}


@pytest.mark.parametrize("by_owner", [True, False])
async def test_an_operator_ends_all_sessions_of_one_owner(house, by_owner):
    anna, bert = await house.sign_in("anna"), await house.sign_in("bert")
    node = house.node(by_owner=by_owner)
    await node.end_all("anna")

    assert not (await house.open(anna, node)).is_signed_in
    assert (await house.open(bert, node)).is_signed_in
    assert (await house.open(await house.sign_in("anna"), node)).is_signed_in


async def test_who_signs_in_after_others_were_signed_out_stays(house):
    session = await house.open(await house.sign_in("anna"))
    await session.sign_out_others()
    cookie = await house.sign_in("anna")
    for _ in range(6):
        await (await house.open(cookie)).sign_out_others()

    assert (await house.open(cookie)).is_signed_in


async def test_a_session_is_alive_at_every_moment_of_signing_out_others(house):
    here = await house.sign_in("anna")
    session = await house.open(here, house.node(by_owner=False))
    house.hooks.down = {"session_destroy"}
    seen = []
    write = house.store.session_write

    async def watched(**arguments):
        seen.append((await house.open(here)).is_signed_in)
        version = await write(**arguments)
        seen.append((await house.open(here)).is_signed_in)
        return version

    house.store.session_write = watched
    await session.sign_out_others()

    assert seen == [True] * 4


async def test_who_could_not_sign_out_the_others_stays_signed_in(house):
    cookie = await house.sign_in("anna")
    await (await house.open(cookie)).sign_out_others()
    change = house.sessions.epochs.change

    async def fail(owner, epoch):
        raise Unavailable("No answer.")

    house.sessions.epochs.change = fail
    for _ in range(2):
        with pytest.raises(Unavailable):
            await (await house.open(cookie)).sign_out_others()
    house.sessions.epochs.change = change

    assert (await house.open(cookie)).is_signed_in


async def test_the_revoked_stay_out_as_long_as_they_could_have_lived(house, clock):
    old = await house.sign_in("anna", keep=True)
    node = house.node(by_owner=False)
    await (await house.open(await house.sign_in("anna", node=node), node)).sign_out_others()
    clock.now += 86_300

    assert not (await house.open(old)).is_signed_in


async def test_a_forged_epoch_signs_out_and_the_next_sign_in_heals_it(house):
    cookie = await house.sign_in("anna")
    before = set(house.store._kept)
    await house.records.create("epoch", "anna", "x", 600)
    (key,) = set(house.store._kept) - before
    kept = house.store._kept[key]
    await house.store._replace(key, b"forged", "v", kept.version, 600, None)
    first = await house.open(cookie, house.node())
    again = await house.sign_in("anna")

    assert not first.is_signed_in
    assert (await house.open(again, house.node())).is_signed_in


async def test_devices_are_listed_with_labels_oldest_first(house, clock):
    first = await house.open(label="Firefox\r\n on\x00 Linux " + "x" * 500)
    await first.sign_in("anna")
    await first.save()
    clock.now += 10
    second = await house.sign_in("anna")
    await house.sign_in("bert")

    listed = await (await house.open(second)).devices()

    assert [device.is_this for device in listed.devices] == [False, True]
    assert listed.devices[0].label[:20] == "Firefox on Linux xxx"
    assert len(listed.devices[0].label) == 120
    assert listed.devices[1].label == "a browser"


async def test_a_store_that_cannot_list_says_so(house):
    node = house.node(by_owner=False)
    session = await house.open(await house.sign_in("anna", node=node), node)

    assert DeviceList((), is_known=False) == await session.devices()
    assert house.hooks.calls["session_list"] == 0


async def test_one_device_is_signed_out_but_never_anothers(house):
    first, second, bert = [await house.sign_in(owner) for owner in ("anna", "anna", "bert")]
    session = await house.open(second)

    assert await session.sign_out_device(key_of(first))
    assert not await session.sign_out_device(key_of(first))
    assert not await session.sign_out_device(key_of(bert))
    assert not await session.sign_out_device(key_of(second))
    assert not (await house.open(first)).is_signed_in
    assert (await house.open(bert)).is_signed_in


async def test_of_too_many_sessions_the_oldest_ends(house, clock):
    node, cookies = house.node(most=3), []
    for _ in range(5):
        cookies.append(await house.sign_in("anna", node=node))
        clock.now += 1

    alive = [(await house.open(cookie)).is_signed_in for cookie in cookies]
    assert alive == [False, False, True, True, True]


async def test_labels_of_ended_sessions_are_forgotten(house, clock):
    for _ in range(5):
        await house.sign_in("anna")
        clock.now += 700

    record = await house.records.read("devices", "anna")
    assert len(record.value) == 1


async def test_a_visitors_form_works_without_a_stored_session(house):
    page = await house.open()
    token = page.csrf_token
    await page.save()
    post = await house.open(page.cookie.value, house.node())

    assert post.check_csrf(token)
    assert post.cookie is None
    assert house.store._kept == {}


async def test_a_form_of_another_visitor_is_refused(house):
    mine, attackers = await house.open(), await house.open()
    token, _ = attackers.csrf_token, mine.csrf_token
    post = await house.open(mine.cookie.value)

    assert not post.check_csrf(token)
    assert not (await house.open()).check_csrf(token)
    assert not (await house.open("v.AAAA")).check_csrf(token)


async def test_a_form_still_works_when_a_notice_makes_the_visitor_a_session(house):
    page = await house.open()
    token = page.csrf_token
    ticket = page.cookie.value
    failed = await house.open(ticket)
    failed["notice"] = "Wrong password"
    await failed.save()

    assert (await house.open(failed.cookie.value)).check_csrf(token)


async def test_the_csrf_token_changes_at_sign_in_and_out(house):
    visitor = await house.open()
    tokens = [visitor.csrf_token]
    session = await house.open(visitor.cookie.value)
    await session.sign_in("anna")
    tokens.append(session.csrf_token)
    await session.save()
    again = await house.open(session.cookie.value)
    assert again.check_csrf(tokens[-1])
    await again.sign_out()
    tokens.append(again.csrf_token)

    assert len(set(tokens)) == 3
    later = await house.open(session.cookie.value)
    assert [later.check_csrf(token) for token in tokens] == [False] * 3


async def test_a_visitor_who_signs_out_gets_a_form_that_works(house):
    page = await house.open()
    assert page.csrf_token
    session = await house.open(page.cookie.value)
    await session.sign_out()
    token = session.csrf_token

    assert (await house.open(session.cookie.value)).check_csrf(token)


@pytest.mark.parametrize("value", ["", "x", "é", "\ud800", "A" * 10_000])
async def test_a_wrong_csrf_token_is_refused(house, value):
    session = await house.open(await house.sign_in())

    assert not session.check_csrf(value)
    assert session.check_csrf(session.csrf_token)


async def test_the_csrf_token_shows_nothing_of_the_cookie(house):
    cookie = await house.sign_in()
    session = await house.open(cookie)

    assert session.csrf_token not in cookie
    assert cookie not in session.csrf_token


async def test_no_owner_is_no_sign_in(house):
    session = await house.open()

    with pytest.raises(ValueError, match="owner"):
        await session.sign_in("")
    with pytest.raises(ValueError, match="signed in"):
        await session.sign_out_others()
