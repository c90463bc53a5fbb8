"""Sessions of the platform through the host: what is kept, renewed, ended and sealed."""

import asyncio

from tests.native.pages import (
    ARRIVED,
    GATE,
    KEEPING,
    KINDS,
    NOBODY,
    QUIET,
    Client,
    cookies_of,
    over,
    post,
    seen,
    steal,
)  # fmt: skip
from tests.servers.memcached import Memcached

pytestmark = QUIET


@over(*KINDS)
async def test_what_a_request_sets_the_next_one_finds(client: Client):
    await post(client, "/in", expected=303)
    await post(client, "/set", "mine")
    await post(client, "/theirs", "theirs")

    assert await seen(client) == {
        "owner": "anna",
        "values": {"password": "correct horse", "text": "mine"},
        "theirs": {"text": "theirs"},
    }


@over(*KINDS)
async def test_a_visitor_who_only_looks_leaves_nothing_with_the_platform(client: Client):
    assert await seen(client) == NOBODY
    assert cookies_of(client) == {}


@over(*KINDS)
async def test_who_signs_out_leaves_nothing_behind(client: Client):
    await post(client, "/theirs", "theirs")
    await post(client, "/in", expected=303)
    await post(client, "/out")

    assert await seen(client) == NOBODY
    assert "satchel_session" not in cookies_of(client)


@over(*KINDS)
async def test_after_signing_out_stolen_cookies_are_a_strangers(client: Client):
    await post(client, "/in", expected=303)
    stolen = cookies_of(client)
    await post(client, "/out")
    steal(client, stolen)

    assert (await seen(client))["owner"] is None


@over(*KINDS)
async def test_a_late_answer_does_not_undo_that_somebody_signed_out(client: Client):
    await post(client, "/in", expected=303)
    cookies = cookies_of(client)
    late = asyncio.ensure_future(post(client, "/slow"))
    await client.app[ARRIVED].wait()
    await post(client, "/out")
    client.app[GATE].set()
    await late

    assert await seen(client) == NOBODY
    steal(client, cookies)
    assert (await seen(client))["owner"] is None


@over(*KINDS)
async def test_signing_in_takes_the_applications_values_along_under_another_id(client: Client):
    await post(client, "/theirs", "before")
    before = cookies_of(client)
    await post(client, "/in", expected=303)
    after = cookies_of(client)

    assert (await seen(client))["theirs"] == {"text": "before"}
    assert [name for name in before if before[name] == after[name]] == []


@over(*KEEPING)
async def test_an_id_that_somebody_planted_finds_nothing_after_the_sign_in(client: Client):
    await post(client, "/theirs", "planted")
    planted = cookies_of(client)
    await post(client, "/in", expected=303)
    steal(client, planted)

    assert await seen(client) == NOBODY


@over(*KINDS)
async def test_the_cookie_of_the_platform_alone_opens_nothing(client: Client):
    await post(client, "/in", expected=303)
    cookies = cookies_of(client)
    steal(client, {name: cookies[name] for name in cookies if name != "satchel_session"})
    without = await seen(client)
    steal(client, {"satchel_session": cookies["satchel_session"]})

    assert (without["owner"], without["values"]) == (None, {})
    assert await seen(client) == NOBODY


@over(*KINDS)
async def test_all_other_sessions_end_at_once_and_this_one_goes_on(client: Client):
    await post(client, "/in", expected=303)
    other = cookies_of(client)
    steal(client, {})
    await post(client, "/in", expected=303)
    await post(client, "/others-out")

    assert (await seen(client))["owner"] == "anna"
    steal(client, other)
    assert (await seen(client))["owner"] is None


@over("memcached")
async def test_a_dump_of_memcached_shows_no_password_and_no_key(
    client: Client, memcached: Memcached
):
    await post(client, "/in", expected=303)
    cookies = cookies_of(client)
    key = f"satchel_platform_{cookies['satchel_platform']}"
    kept = memcached.ask(b"get " + key.encode(), b"END\r\n")

    assert b"anna" in kept
    assert b"correct horse" not in kept
    assert cookies["satchel_session"].encode() not in kept
