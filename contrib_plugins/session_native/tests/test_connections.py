"""Connections to memcached, over a server that answers as the test says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from satchel_hookspecs import TooLarge
from satchel_session_native.memcached import LARGEST, Connections, parse_host

Listen = Callable[..., Awaitable[int]]


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Connections]:
    """Connections to this port."""
    connections = Connections("127.0.0.1", port)
    try:
        yield connections
    finally:
        await connections.close()


async def test_a_call_that_was_cancelled_leaves_its_answer_to_nobody(listen: Listen):
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            key = line.split()[1]
            if key == b"slow":
                asked.set()
                await go_on.wait()
            writer.write(b"VALUE %s 0 4\r\n%s\r\nEND\r\n" % (key, key[:4]))

    async with connected(await listen(speak)) as connections:
        call = asyncio.ensure_future(connections.get(b"slow"))
        await asked.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        go_on.set()

        assert [await connections.get(b"fast") for _ in range(3)] == [b"fast"] * 3


async def test_a_garbled_answer_closes_the_connection(listen: Listen):
    opened = 0

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal opened
        opened += 1
        first = opened == 1
        while await reader.readline():
            writer.write(b"NOISE\r\nEND\r\n" if first else b"END\r\n")

    async with connected(await listen(speak)) as connections:
        with pytest.raises(Exception, match="NOISE"):
            await connections.get(b"key")

        assert await connections.get(b"key") is None
        assert opened == 2


async def test_what_memcached_would_drop_is_too_large_and_never_sent(listen: Listen):
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise AssertionError("Nothing was to be sent.")

    async with connected(await listen(speak)) as connections:
        with pytest.raises(TooLarge):
            await connections.set(b"key", b"x" * (LARGEST + 1))


@pytest.mark.parametrize(
    ("dsn", "host"),
    [
        ("", ("localhost", 11211)),
        ("10.0.0.1", ("10.0.0.1", 11211)),
        ("cache.example:11212", ("cache.example", 11212)),
        ("[::1]:11213", ("::1", 11213)),
        ("[::1]", ("::1", 11211)),
    ],
)
def test_every_form_of_a_host_is_read(dsn: str, host: tuple[str, int]):
    assert parse_host(dsn) == host


@pytest.mark.parametrize("dsn", ["unix:///run/m.sock", "a/b", "u@h", "h:99999", "h:x", ":11211"])
def test_what_names_no_host_is_refused(dsn: str):
    with pytest.raises(ValueError, match=r"memcached host|[Pp]ort"):
        parse_host(dsn)
