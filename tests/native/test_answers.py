"""Answers that fail, stream, come late or never: what is kept of the session, and what refused."""

import pytest
from aiohttp import ClientError

from tests.native.pages import KINDS, QUIET, Client, over, post, seen
from tests.servers.process import ServerProcess
from tests.servers.redis import Redis

pytestmark = QUIET


@over(*KINDS)
async def test_what_a_request_that_failed_had_changed_is_not_kept(client: Client):
    await post(client, "/in", expected=303)
    await post(client, "/set", "kept")
    await post(client, "/fail", expected=500)

    assert (await seen(client))["values"]["text"] == "kept"


@over("cookie", "memcached", "redis", "foreign")
async def test_what_changed_before_a_stream_began_is_kept(client: Client):
    await post(client, "/in", expected=303)
    await post(client, "/stream")

    assert (await seen(client))["values"]["text"] == "before"


@over("application")
async def test_a_change_that_the_application_would_lose_with_a_stream_is_refused(client: Client):
    await post(client, "/in", expected=303)
    await post(client, "/stream", expected=500)

    assert "text" not in (await seen(client))["values"]


@over(*KINDS)
async def test_a_change_after_the_answer_began_is_refused(client: Client, caplog):
    await post(client, "/in", expected=303)
    with pytest.raises((ClientError, AssertionError)):
        async with client.post("/late") as answer:
            await answer.read()
            assert answer.status != 200

    assert "The answer has begun" in caplog.text
    assert "text" not in (await seen(client))["values"]


@over(*KINDS)
async def test_a_file_can_be_sent_to_who_is_signed_in(client: Client):
    await post(client, "/in", expected=303)
    async with client.get("/file") as answer:
        assert answer.status == 200

    assert (await seen(client))["owner"] == "anna"


async def refuse_for_now(client: Client) -> None:
    """See that the first page asks to come back, and leaves the cookies as they are."""
    async with client.get("/") as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        assert "Set-Cookie" not in answer.headers


@over("memcached", "redis")
async def test_a_server_that_is_down_or_hangs_is_503_and_nobody_is_signed_out(
    client: Client, server: ServerProcess
):
    await post(client, "/in", expected=303)
    server.freeze()
    await post(client, "/set", "hung", expected=503)
    await refuse_for_now(client)
    server.thaw()
    assert (await seen(client))["owner"] == "anna"
    server.kill()
    await refuse_for_now(client)
    server.start()

    assert (await seen(client))["owner"] is None
    await post(client, "/in", expected=303)
    assert (await seen(client))["owner"] == "anna"


@over("redis")
async def test_a_redis_that_takes_no_writes_refuses_changes_and_nobody_is_signed_out(
    client: Client, redis: Redis
):
    await post(client, "/in", expected=303)
    redis.ask("REPLICAOF", "127.0.0.1", "1")
    await post(client, "/set", "late", expected=503)
    found = await seen(client)
    redis.ask("REPLICAOF", "NO", "ONE")

    assert (found["owner"], "text" in found["values"]) == ("anna", False)
    await post(client, "/set", "kept")
    assert (await seen(client))["values"]["text"] == "kept"
