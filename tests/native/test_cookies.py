"""Cookies of the platform: bad, forged and too large ones, how long they live, how they are set."""

import json

import pytest
from aiohttp_session import SimpleCookieStorage
from aiohttp_session.cookie_storage import EncryptedCookieStorage

from tests.native.pages import (
    KINDS,
    NOBODY,
    QUIET,
    Client,
    cookies_of,
    over,
    post,
    seen,
    serve_pages,
    steal,
)  # fmt: skip

pytestmark = QUIET
BAD = ["x", "\u00ff", "a b", '"', "../../etc/passwd", "A" * 7000, "{}", "[1]", "null", "0" * 32]


@over(*KINDS)
async def test_a_bad_cookie_of_the_platform_is_a_visitor(client: Client):
    for name in ("satchel_platform", "theirs"):
        for cookie in BAD:
            headers = {"Cookie": f"{name}={cookie}; satchel_session={'A' * 43}"}
            async with client.get("/", headers=headers) as answer:
                assert await answer.json() == NOBODY, cookie


@pytest.mark.parametrize("value", [[], [1], ["a"] * 5, {"a": 1}, "text", None, 1, "\u00fc" * 99])
async def test_whatever_else_stands_under_the_name_of_satchel_is_a_visitor(value: object):
    async with serve_pages(SimpleCookieStorage(cookie_name="theirs")) as client:
        await post(client, "/in", expected=303)
        token = cookies_of(client)["satchel_session"]
        planted = json.dumps({"created": 1, "session": {"satchel": value}}, separators=(",", ":"))
        steal(client, {"theirs": planted, "satchel_session": token})

        assert (await seen(client))["owner"] is None


async def test_nobody_can_move_or_prolong_what_is_sealed():
    async with serve_pages(SimpleCookieStorage(cookie_name="theirs")) as client:
        await post(client, "/in", expected=303)
        cookies = cookies_of(client)
        kept = json.loads(cookies["theirs"])
        entry = kept["session"]["satchel"]
        assert "anna" in entry
        for at, value in [(1, "ben"), (2, entry[2] + 3600), (0, "f" * 16), (4, "A" * 43)]:
            changed = [value if index == at else each for index, each in enumerate(entry)]
            forged = json.dumps({**kept, "session": {"satchel": changed}}, separators=(",", ":"))
            steal(client, {**cookies, "theirs": forged})
            assert (await seen(client))["owner"] is None, at

        steal(client, cookies)
        assert (await seen(client))["owner"] == "anna"


@pytest.mark.parametrize("kind", ["cookie", "application"])
async def test_what_does_not_fit_into_a_cookie_is_refused_and_the_session_stays(kind: str, caplog):
    storage = EncryptedCookieStorage(b"k" * 32) if kind == "application" else None
    async with serve_pages(storage) as client:
        await post(client, "/in", expected=303)
        await post(client, "/set", "x" * 1000)
        await post(client, "/set", "y" * 4000, expected=500)
        found = await seen(client)

    assert (found["owner"], found["values"]["text"]) == ("anna", "x" * 1000)
    assert "does not fit into a cookie of 4096 bytes" in caplog.text


async def test_the_cookie_ends_with_the_installations_longest_session_and_is_safe():
    settings = {"use_https": True, "keep_signed_in": 0, "session_lifetime_max": 2}
    async with serve_pages(settings=settings) as client:
        async with client.post("/in", allow_redirects=False) as answer:
            lines = answer.headers.getall("Set-Cookie")
        said = next(line for line in lines if line.startswith("__Host-satchel_platform="))
    words = {word.strip().lower() for word in said.split(";")[1:]}

    assert {"max-age=7200", "path=/", "httponly", "secure", "samesite=lax"} <= words
    assert not [word for word in words if word.startswith("domain")]


async def test_a_cookie_of_an_older_secret_still_opens():
    old, new = "an-older-secret-" * 3, "a-newer-secret-" * 3
    async with serve_pages(settings={"secret": old}) as client:
        await post(client, "/in", expected=303)
        cookies = cookies_of(client)
    async with serve_pages(settings={"secret": [new, old]}) as client:
        steal(client, cookies)
        assert (await seen(client))["owner"] == "anna"
    async with serve_pages(settings={"secret": new}) as client:
        steal(client, cookies)
        assert await seen(client) == NOBODY
