"""A small application on satchel, whose pages do to a session what pages do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from aiohttp_session import AbstractStorage, get_session
from aiohttp_session import setup as set_up_sessions

import satchel
from satchel.settings import settings_from

Client = TestClient[web.Request, web.Application]
PAGES = web.RouteTableDef()
ARRIVED = web.AppKey("arrived", asyncio.Event)
GATE = web.AppKey("gate", asyncio.Event)
NOBODY: dict[str, Any] = {"owner": None, "values": {}, "theirs": {}}
KINDS = ["cookie", "memcached", "redis", "foreign", "application"]
KEEPING = ["memcached", "redis", "foreign", "application"]  # storages that can forget an id

# The library names what it keeps in a request by texts; aiohttp advises against that.
QUIET = pytest.mark.filterwarnings("ignore::aiohttp.web.NotAppKeyWarning")
STORES = {
    "session_storage": "native",
    "record_storage": "satchel_hookspecs:MemorySessions",
    "attachment_storage": "satchel_hookspecs:MemoryAttachments",
    "secret": "s3cr3t-of-the-tests-" * 3,
    "use_https": False,
}


@PAGES.get("/")
async def show(request: web.Request) -> web.Response:
    """Who it is, what satchel has in the session, and what the application has."""
    session, theirs = satchel.session(request), await get_session(request)
    own = {name: value for name, value in theirs.items() if name != "satchel"}
    return web.json_response({"owner": session.owner, "values": dict(session), "theirs": own})


@PAGES.post("/in")
async def sign_in(request: web.Request) -> web.Response:
    """Sign in, with a password to keep."""
    session = satchel.session(request)
    await session.sign_in("anna")
    session["password"] = "correct horse"
    raise web.HTTPSeeOther("/")


@PAGES.post("/out")
async def sign_out(request: web.Request) -> web.Response:
    """Sign out."""
    await satchel.session(request).sign_out()
    return web.Response()


@PAGES.post("/others-out")
async def sign_out_others(request: web.Request) -> web.Response:
    """End all other sessions of whoever asks."""
    await satchel.session(request).sign_out_others()
    return web.Response()


@PAGES.post("/set")
async def set_value(request: web.Request) -> web.Response:
    """Keep a text of satchel's."""
    satchel.session(request)["text"] = await request.text()
    return web.Response()


@PAGES.post("/theirs")
async def set_theirs(request: web.Request) -> web.Response:
    """Keep a text of the application's."""
    (await get_session(request))["text"] = await request.text()
    return web.Response()


@PAGES.post("/fail")
async def fail(request: web.Request) -> web.Response:
    """Change the session, and fail."""
    satchel.session(request)["text"] = "lost"
    raise RuntimeError("A mistake of the handler.")


@PAGES.post("/stream")
async def stream(request: web.Request) -> web.StreamResponse:
    """Change the session, and begin a long answer."""
    satchel.session(request)["text"] = "before"
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"first")
    return response


@PAGES.post("/late")
async def change_late(request: web.Request) -> web.StreamResponse:
    """Change the session when the answer has begun."""
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"first")
    satchel.session(request)["text"] = "after"
    return response


@PAGES.post("/slow")
async def change_slowly(request: web.Request) -> web.Response:
    """Change the session when somebody opens the gate."""
    request.app[ARRIVED].set()
    await request.app[GATE].wait()
    satchel.session(request)["text"] = "slow"
    return web.Response()


@PAGES.get("/file")
async def send_file(request: web.Request) -> web.StreamResponse:
    """Send a file, and change nothing."""
    return web.FileResponse(__file__)


@asynccontextmanager
async def serve_pages(
    theirs: AbstractStorage | None = None, settings: dict[str, Any] | None = None, **options: Any
) -> AsyncIterator[Client]:
    """Serve them; ``theirs`` is a storage that the application sets up itself, before satchel."""
    app = web.Application()
    if theirs is not None:
        set_up_sessions(app, theirs)
        options.setdefault("storage", "application")
    words = {**STORES, "session_native": options, **(settings or {})}
    satchel.setup(app, settings_from(words))
    app.add_routes(PAGES)
    app[ARRIVED], app[GATE] = asyncio.Event(), asyncio.Event()
    async with TestClient(TestServer(app)) as client:
        yield client


async def seen(client: Client) -> dict[str, Any]:
    """What the first page says."""
    async with client.get("/") as answer:
        assert answer.status == 200, await answer.text()
        found: dict[str, Any] = await answer.json()
        return found


async def post(client: Client, path: str, text: str = "", expected: int = 200) -> None:
    """Send a text to a page."""
    async with client.post(path, data=text, allow_redirects=False) as answer:
        assert answer.status == expected, await answer.text()


def cookies_of(client: Client) -> dict[str, str]:
    """The cookies that the browser has now."""
    return {cookie.key: cookie.value for cookie in client.session.cookie_jar}


def steal(client: Client, cookies: dict[str, str]) -> None:
    """Go on with these cookies, and no others."""
    client.session.cookie_jar.clear()
    client.session.cookie_jar.update_cookies(cookies, client.make_url("/"))


def over(*kinds: str) -> pytest.MarkDecorator:
    """Run a test over sites with these kinds of sessions, each as `client`."""
    return pytest.mark.parametrize("client", kinds, indirect=True)
