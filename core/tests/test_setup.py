"""What an aiohttp application gets from satchel.setup."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

import satchel
from satchel.settings import settings_from

STORES = {
    "session_storage": "satchel_hookspecs:MemorySessions",
    "attachment_storage": "satchel_hookspecs:MemoryAttachments",
}
Client = TestClient[web.Request, web.Application]


async def count(request: web.Request) -> web.Response:
    session = satchel.session(request)
    session["count"] = int(str(session.get("count", 0))) + 1
    return web.Response(text=str(session["count"]))


async def files(request: web.Request) -> web.Response:
    try:
        satchel.attachments(request)
    except LookupError as error:
        return web.Response(text=str(error))
    return web.Response(text="open")


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    settings = settings_from(
        {
            **STORES,
            "secret": "s3cr3t-of-the-tests-" * 3,
            "use_https": False,
            "trusted_host_patterns": [r"mail\.example\.org", r"127\.0\.0\.1"],
        }
    )
    app = web.Application()
    satchel.setup(app, settings)
    app.add_routes([web.get("/count", count), web.get("/files", files)])
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_any_application_has_sessions(client: Client):
    first = await client.get("/count")
    second = await client.get("/count")

    assert (await first.text(), await second.text()) == ("1", "2")


async def test_attachments_belong_to_who_is_signed_in(client: Client):
    answer = await client.get("/files")

    assert "Nobody is signed in" in await answer.text()


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("mail.example.org", 200),
        ("MAIL.example.org:8080", 200),
        ("mail.example.org.evil", 400),
        ("evil@mail.example.org", 400),
        ("evil", 400),
    ],
)
async def test_only_the_trusted_hosts_are_answered(client: Client, host: str, status: int):
    answer = await client.get("/count", headers={"Host": host})

    assert answer.status == status
