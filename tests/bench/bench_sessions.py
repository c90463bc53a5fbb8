"""What the session layer adds to a request, beside the store's own call and beside bare aiohttp."""

import asyncio
import contextlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, DummyCookieJar, web
from aiohttp.test_utils import TestServer
from yarl import URL

import satchel
from satchel.sessions.tokens import key_of
from satchel.sessions.values import JSON
from satchel.settings import settings_from
from tests.bench import Measurement
from tests.bench.timing import Repeated, best_of
from tests.servers.folder import open_server_folder

TIMES, ROUNDS = 10, 200
COOKIE = "satchel_session"
OWNER = "a" * 40
VALUES: dict[str, JSON] = {"credentials": ["ana@example.test", "secret of ana"], "folder": "INBOX"}
MEMORY = "satchel_hookspecs:MemorySessions"
ATTACHMENTS = "satchel_hookspecs:MemoryAttachments"


@dataclass(frozen=True, slots=True)
class Costs:
    """The seconds of one request without and with a session, and of one call of the store."""

    bare: float
    signed_in: float
    store: float

    @property
    def added(self) -> float:
        """What the layer adds to a request, its call of the store left out."""
        return self.signed_in - self.bare - self.store


def measure() -> Iterator[Measurement]:
    """Compare a signed-in request that changes nothing with its parts."""
    with open_server_folder("bench") as folder:
        in_database = {"session_storage": "db", "db_dsnw": f"sqlite:///{folder / 'bench.db'}"}
        costs = asyncio.run(_compare(in_database))
    yield Measurement("sessions: added over SQLite", costs.added, "session_read", costs.store, 1.5)
    yield Measurement("request with a session in SQLite", costs.signed_in, "bare", costs.bare)
    costs = asyncio.run(_compare({"session_storage": MEMORY}))
    yield Measurement("sessions: added over a dictionary", costs.added, "bare aiohttp", costs.bare)
    yield Measurement("request with a session in a dictionary", costs.signed_in, "bare", costs.bare)


async def _compare(stores: Mapping[str, object]) -> Costs:
    app = _site(stores)
    async with contextlib.AsyncExitStack() as stack:
        bare = await stack.enter_async_context(TestServer(_bare_site()))
        site = await stack.enter_async_context(TestServer(app))
        browser = await stack.enter_async_context(ClientSession(cookie_jar=DummyCookieJar()))
        async with browser.post(site.make_url("/sign-in")) as answer:
            token = answer.cookies[COOKIE].value
        ways = [
            _getting(browser, bare.make_url("/"), token),
            _getting(browser, site.make_url("/"), token),
            _reading(app[satchel.HOST], key_of(token)),
        ]
        return Costs(*await best_of(ways, TIMES, ROUNDS))


def _bare_site() -> web.Application:
    async def show(request: web.Request) -> web.Response:
        return web.Response(text="INBOX")

    app = web.Application()
    app.router.add_get("/", show)
    return app


def _site(stores: Mapping[str, object]) -> web.Application:
    async def sign_in(request: web.Request) -> web.Response:
        session = satchel.session(request)
        await session.sign_in(OWNER)
        session.update(VALUES)
        return web.Response()

    async def show(request: web.Request) -> web.Response:
        return web.Response(text=str(satchel.session(request)["folder"]))

    app = web.Application()
    own = {
        "use_https": False,
        "secret": secrets.token_urlsafe(48),
        "attachment_storage": ATTACHMENTS,
    }
    satchel.setup(app, settings_from({**own, **stores}))
    app.router.add_get("/", show)
    app.router.add_post("/sign-in", sign_in)
    return app


def _getting(browser: ClientSession, url: URL, token: str) -> Repeated:
    headers = {"Cookie": f"{COOKIE}={token}"}

    async def way(times: int) -> None:
        for _ in range(times):
            async with browser.get(url, headers=headers) as answer:
                assert await answer.read() == b"INBOX"

    return way


def _reading(host: satchel.Host, key: str) -> Repeated:
    store: Any = host.plugins.session_store.instance  # has the session hooks

    async def way(times: int) -> None:
        for _ in range(times):
            assert await store.session_read(key)

    return way
