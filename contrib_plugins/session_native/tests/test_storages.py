"""Storages by name: what each is made of, and how they are opened, guarded and closed."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from aiohttp_session import AbstractStorage, SimpleCookieStorage

from satchel_hookspecs import PluginContext, Unavailable
from satchel_session_native import NativeConfig, NativeSessions
from satchel_session_native.guard import guarded

CONTEXT = PluginContext(
    "session_native", "node", lambda: 0.0, logging.getLogger(), (b"k" * 32,), {}, None
)


class Redis:
    """A server that knows GET, SET and PING, as Redis speaks."""

    def __init__(self) -> None:
        self.kept: dict[bytes, bytes] = {}
        self.lifetimes: list[bytes] = []

    async def speak(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readline():
            words = []
            for _ in range(int(head[1:])):
                size = int((await reader.readline())[1:])
                words.append((await reader.readexactly(size + 2))[:-2])
            writer.write(self.answer(*words))

    def answer(self, name: bytes, *words: bytes) -> bytes:
        if name == b"GET":
            value = self.kept.get(words[0])
            return b"$-1\r\n" if value is None else b"$%d\r\n%s\r\n" % (len(value), value)
        if name == b"SET":
            self.kept[words[0]] = words[1]
            self.lifetimes.append(words[3])
            return b"+OK\r\n"
        return b"+PONG\r\n" if name == b"PING" else b"-ERR unknown command\r\n"


@asynccontextmanager
async def opened(**options: Any) -> AsyncIterator[NativeSessions]:
    """A store that runs."""
    store = NativeSessions(NativeConfig(use_https=False, **options), CONTEXT)
    async with store.plugin_lifespan(CONTEXT):
        yield store


def request_with(*lines: str) -> web.Request:
    """A request with the cookies of these lines."""
    cookies = "; ".join(line.partition(";")[0] for line in lines)
    return make_mocked_request("GET", "/", headers={"Cookie": cookies})


async def test_redis_keeps_sessions_for_as_long_as_they_may_live(listen):
    redis = Redis()
    dsn = f"redis://127.0.0.1:{await listen(redis.speak)}/0?protocol=2"
    lives = {"keep_signed_in": 0.0, "session_lifetime_max": 3.0}
    async with opened(storage="redis", dsn=dsn, **lives) as store:
        assert (await store.plugin_health()).state == "ok"
        session = await store.session_platform(request_with())
        session.values["user"] = "ann"
        lines = await session.save(web.Response())
        again = await store.session_platform(request_with(*lines))

        assert dict(again.values) == {"user": "ann"}
        assert redis.lifetimes == [b"10800"]
        await again.renew()
        assert [len(value) < 5 for value in redis.kept.values()] == [True]


async def make_simple(colour: str, **cookie: Any) -> AbstractStorage:
    """A function may be async, and take options."""
    assert colour == "red"
    return SimpleCookieStorage(**cookie)


CLOSED: list[str] = []


@asynccontextmanager
async def open_simple(**cookie: Any) -> AsyncIterator[AbstractStorage]:
    """A function may open something that is closed at the end."""
    yield SimpleCookieStorage(**cookie)
    CLOSED.append("closed")


async def test_what_makes_a_storage_may_be_async_and_what_it_opened_is_closed(monkeypatch):
    monkeypatch.setattr("satchel_session_native.foreign.EntryPoint.load", lambda _: make_simple)
    async with opened(storage="some:thing", options={"colour": "red"}) as store:
        assert (await store.plugin_health()).state == "ok"
    monkeypatch.setattr("satchel_session_native.foreign.EntryPoint.load", lambda _: open_simple)
    async with opened(storage="some:thing") as store:
        session = await store.session_platform(request_with())
        assert dict(session.values) == {}

    assert CLOSED == ["closed"]


async def test_a_storage_that_raises_anything_is_unavailable():
    class Odd(Exception):
        pass

    async def fail() -> None:
        raise Odd

    with pytest.raises(Unavailable, match="Odd"):
        await guarded(fail(), 1)


async def test_a_storage_that_hangs_is_unavailable_in_time():
    with pytest.raises(Unavailable, match=r"0\.01 s"):
        await guarded(asyncio.Event().wait(), 0.01)


async def test_a_value_that_cannot_be_kept_is_no_outage():
    async with opened() as store:
        session = await store.session_platform(request_with())
        session.values["user"] = object()

        with pytest.raises(TypeError):
            await session.save(web.Response())


async def test_only_requests_of_aiohttp_have_sessions():
    async with opened() as store:
        with pytest.raises(TypeError, match="no request of aiohttp"):
            await store.session_platform("request")


async def test_what_was_never_changed_is_not_saved():
    async with opened() as store:
        first = await store.session_platform(request_with())
        assert await first.save(web.Response()) == ()
        first.values["user"] = "ann"
        lines = await first.save(web.Response())
        second = await store.session_platform(request_with(*lines))

        assert len(lines) == 1
        assert await second.save(web.Response()) == []


async def test_a_destroyed_session_deletes_its_cookie_also_over_https():
    store = NativeSessions(NativeConfig(), CONTEXT)
    async with store.plugin_lifespan(CONTEXT):
        session = await store.session_platform(request_with())
        session.values["user"] = "ann"
        lines = await session.save(web.Response())
        again = await store.session_platform(request_with(*lines))
        await again.destroy()
        [line] = await again.save(web.Response())

    assert line.startswith('__Host-satchel_platform="";')
    assert "Max-Age=0" in line
    assert "Secure" in line
