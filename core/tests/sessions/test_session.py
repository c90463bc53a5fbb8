"""What a session keeps, writes and forgets."""

import pytest

from satchel.sessions import KeyRing, Lifetimes, Records, Session, Sessions
from satchel.sessions.contents import Contents
from satchel.sessions.cookies import Cookie
from satchel.sessions.tokens import key_of
from satchel_hookspecs import TooLarge, Unavailable

OTHER = "another secret of the tests, long enough too"


async def test_a_visitor_who_changes_nothing_is_not_stored(house):
    session = await house.open()
    session.get("theme")
    await session.save()

    assert session.cookie is None
    assert house.store._kept == {}
    assert house.hooks.calls["session_write"] == 0


async def test_a_value_comes_back_on_another_node(house):
    session = await house.open()
    session["theme"] = "dark"
    await session.save()

    assert await house.values(session.cookie.value, house.node()) == {"theme": "dark"}
    assert session.cookie.max_age is None


async def test_a_request_that_changed_nothing_writes_nothing(house):
    cookie = await house.sign_in(theme="dark")
    house.hooks.calls.clear()

    session = await house.open(cookie)
    session["theme"] = "dark"
    await session.save()

    assert house.hooks.calls["session_write"] == 0
    assert house.hooks.calls["session_touch"] == 0
    assert session.cookie is None


@pytest.mark.parametrize(("read", "set_to"), [(1, True), (1, 1.0), (False, 0), ("1", 1)])
async def test_a_value_that_only_looks_equal_is_a_change(house, read, set_to):
    cookie = await house.sign_in(theme=read)

    session = await house.open(cookie)
    before = session.is_unsaved
    session["theme"] = set_to

    assert (before, session.is_unsaved) == (False, True)
    await session.save()
    assert not session.is_unsaved
    assert repr(await house.values(cookie)) == repr({"theme": set_to})


async def test_a_session_that_is_being_saved_is_unsaved_until_that_is_over(house):
    session = await house.open(await house.sign_in(theme="dark"))

    async with session._saving:
        assert session.is_unsaved

    assert not session.is_unsaved


async def test_the_same_values_in_another_order_are_no_change(house):
    cookie = await house.sign_in(colours={"page": "white", "text": "black"})

    session = await house.open(cookie)
    session["colours"] = {"text": "black", "page": "white"}

    assert not session.is_unsaved


async def test_an_edit_deep_inside_a_value_is_saved(house):
    cookie = await house.sign_in(composes={"1": {"to": []}})

    session = await house.open(cookie)
    session["composes"]["1"]["to"].append("x")
    await session.save()

    assert await house.values(cookie) == {"composes": {"1": {"to": ["x"]}}}


async def test_a_value_set_is_not_shared_with_what_was_stored(house):
    session = await house.open()
    mine = ["a"]
    session["list"] = mine
    await session.save()
    mine.append("b")
    await session.save()

    assert await house.values(session.cookie.value) == {"list": ["a", "b"]}


@pytest.mark.parametrize("name", ["__proto__", "a|b", "a\0b", "\ud800", "", "is_admin", "owner"])
async def test_any_text_is_a_name_and_a_value_and_changes_nobody(house, name):
    cookie = await house.sign_in("anna", **{name: name})

    session = await house.open(cookie)

    assert name == session[name]
    assert session.owner == "anna"


async def test_what_json_cannot_carry_is_refused_when_it_is_set(house):
    session = await house.open()

    with pytest.raises(TypeError, match="JSON"):
        session["x"] = b"bytes"


async def test_too_much_is_refused_and_what_was_stored_stays(house):
    cookie = await house.sign_in(theme="dark")
    session = await house.open(cookie)
    session["all"] = "x" * 3_000_000

    with pytest.raises(TooLarge):
        await session.save()

    assert await house.values(cookie) == {"theme": "dark"}


async def test_the_store_holds_no_live_cookie_and_nothing_readable(house):
    cookie = await house.sign_in("anna", password="correct horse")
    dump = repr(house.store._kept)

    assert cookie not in dump
    assert "correct" not in dump
    assert key_of(cookie) in dump


async def test_neither_token_nor_values_are_in_what_a_log_may_print(house):
    cookie = await house.sign_in("anna", password="correct horse")
    kept = await house.sessions.find(cookie)
    seen = repr([kept, await house.open(cookie), Cookie(cookie)])

    assert cookie not in seen
    assert "correct" not in seen
    assert kept.contents.seed not in seen


async def test_a_dump_of_the_store_and_the_secret_open_nothing_without_the_cookie(house):
    cookie = await house.sign_in()
    forged = "A" * 43
    house.store._kept[key_of(forged)] = house.store._kept[key_of(cookie)]

    assert not (await house.open(forged)).is_signed_in


async def test_touched_past_half_of_the_idle_time_only(house, clock):
    cookie = await house.sign_in()
    house.hooks.calls.clear()
    clock.now += 299
    await (await house.open(cookie)).save()
    early = house.hooks.calls["session_touch"]
    clock.now += 2
    session = await house.open(cookie)
    await session.save()
    await session.save()

    assert early == 0
    assert house.hooks.calls["session_touch"] == 1
    assert house.hooks.calls["session_write"] == 0


async def test_a_session_in_use_outlives_the_idle_time(house, clock):
    cookie = await house.sign_in()
    for _ in range(10):
        clock.now += 400
        await (await house.open(cookie)).save()

    assert (await house.open(cookie)).is_signed_in


async def test_an_idle_session_ends(house, clock):
    cookie = await house.sign_in()
    clock.now += 601

    assert not (await house.open(cookie)).is_signed_in


async def test_no_use_outlives_the_absolute_lifetime(house, clock):
    cookie = await house.sign_in()
    began = clock.now
    while clock.now < began + 7199:
        assert (await house.open(cookie)).is_signed_in
        session = await house.open(cookie)
        session["n"] = clock.now
        await session.save()
        clock.now += 299
    clock.now = began + 7201

    assert house.store._live(key_of(cookie)) is None
    assert not (await house.open(cookie)).is_signed_in


async def test_a_store_that_keeps_too_long_does_not_outlive_the_absolute_lifetime(house, clock):
    cookie = await house.sign_in()
    await house.store.session_touch(key_of(cookie), 10**6)
    clock.now += 7201

    assert not (await house.open(cookie)).is_signed_in


async def test_a_kept_session_outlives_the_browser_and_the_idle_time(house, clock):
    session = await house.open()
    await session.sign_in("anna", keep=True)
    await session.save()
    clock.now += 80_000

    assert Cookie(session.cookie.value, 86400) == session.cookie
    assert (await house.open(session.cookie.value)).is_signed_in


async def test_near_the_absolute_end_nothing_is_touched_in_vain(house, clock):
    cookie, end = await house.sign_in(), clock.now + 7200
    while clock.now < end - 300:
        await (await house.open(cookie)).save()
        clock.now += 290
    await (await house.open(cookie)).save()
    house.hooks.calls.clear()
    await (await house.open(cookie)).save()

    assert 0 == house.hooks.calls["session_touch"]


def test_a_session_from_the_future_lives_no_longer_than_any_other():
    lifetimes = Lifetimes(idle=600, absolute=300)

    assert 300 == Contents(1000, "seed").ttl(lifetimes, now=400)


@pytest.mark.parametrize("skew", [-600, 600, -86400])
async def test_a_node_with_another_clock_ends_no_session(house, skew):
    cookie = await house.sign_in()
    node = house.node(clock=lambda: house.clock.now + skew)

    for used in (node, house.sessions, node):
        session = await house.open(cookie, used)
        session["n"] = skew
        assert await session.save()

    assert (await house.open(cookie)).is_signed_in


async def test_expired_by_a_second_is_expired_also_for_a_node_whose_clock_is_behind(house, clock):
    cookie = await house.sign_in()
    clock.now += 601
    node = house.node(clock=lambda: clock.now - 600)

    assert not (await house.open(cookie, node)).is_signed_in


async def test_an_old_secret_opens_and_the_next_write_seals_anew(house):
    cookie = await house.sign_in(theme="dark")
    both = house.node(keyring=KeyRing([OTHER, house.secret]))
    session = await house.open(cookie, both)
    session["theme"] = "light"
    await session.save()

    new = house.node(keyring=KeyRing([OTHER]))
    assert await house.values(cookie, new) == {"theme": "light"}


async def test_a_session_that_is_only_read_is_sealed_anew_when_it_would_be_touched(house, clock):
    cookie = await house.sign_in(theme="dark")
    both = house.node(keyring=KeyRing([OTHER, house.secret]))
    clock.now += 400
    await (await house.open(cookie, both)).save()

    new = house.node(keyring=KeyRing([OTHER]))
    assert await house.values(cookie, new) == {"theme": "dark"}


@pytest.mark.parametrize(
    "poison", [b"", b"\x80\x04cposix\nsystem", b'{"owner": "anna"}', b"\xff" * 99]
)
async def test_a_poisoned_session_is_a_visitor_and_counted(house, poison):
    cookie = await house.sign_in()
    kept = house.store._kept[key_of(cookie)]
    await house.store._replace(key_of(cookie), poison, "v", kept.version, 600, "anna")

    session = await house.open(cookie)

    assert (session.is_signed_in, dict(session)) == (False, {})
    assert house.keyring.broken["session"] == 1


async def test_a_session_renamed_to_anothers_key_is_refused(house):
    anna, bert = await house.sign_in("anna"), await house.sign_in("bert")
    house.store._kept[key_of(bert)] = house.store._kept[key_of(anna)]

    assert not (await house.open(bert)).is_signed_in


async def test_a_session_given_to_another_owner_is_refused(house):
    cookie = await house.sign_in("anna")
    kept = house.store._kept[key_of(cookie)]
    await house.store._replace(key_of(cookie), kept.data, "v", kept.version, 600, "bert")

    assert not (await house.open(cookie)).is_signed_in


@pytest.mark.parametrize(
    "cookie",
    ["x", "A" * 42, "A" * 44, "A" * 10_000, "../" * 14 + "a", "A" * 42 + "*", "A" * 42 + "\udcff",
     "A" * 42 + "\n", "a b", "%00" * 14, "v.", "v.AAAA", "v." + "A" * 500, "v.\udcff", "é" * 43],
)  # fmt: skip
async def test_a_malformed_cookie_is_a_visitor_and_never_reaches_the_store(house, cookie):
    session = await house.open(cookie)

    assert not session.is_signed_in
    assert house.hooks.calls["session_read"] == 0


async def test_an_unknown_token_is_never_adopted(house):
    session = await house.open("A" * 43)
    session["theme"] = "dark"
    await session.save()

    assert session.cookie.value != "A" * 43
    assert key_of("A" * 43) not in house.store._kept


async def test_a_store_that_is_down_is_no_visitor(house):
    cookie = await house.sign_in()
    house.hooks.down = {"session_read"}

    with pytest.raises(Unavailable):
        await house.open(cookie)


async def test_a_touch_that_fails_spoils_no_answer(house, clock):
    cookie = await house.sign_in()
    clock.now += 400
    session = await house.open(cookie)
    house.hooks.down = {"session_touch"}

    assert await session.save()
    assert session.cookie is None


async def test_sessions_of_two_installations_on_one_store_do_not_meet(house):
    cookie = await house.sign_in()
    ring = KeyRing([OTHER])
    other = Sessions(house.hooks, Records(house.hooks, ring), ring, house.clock, house.lifetimes)

    assert not (await Session.open(other, cookie)).is_signed_in
