"""Sessions in memcached, on one host."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar, cast
from urllib.parse import urlsplit

from aiohttp_session.memcached_storage import MemcachedStorage
from aiomcache import Client

from satchel_hookspecs import TooLarge
from satchel_session_native.config import NativeConfig
from satchel_session_native.id_cookie import IdCookie
from satchel_session_native.opened import Opened

PORT = 11211
IDLE = 16
LARGEST = 2**20 - 1024

Answer = TypeVar("Answer")


class Connections:
    """Connections to one host, each for one call at a time.

    One whose call failed or was cancelled is closed: what it would have answered is never taken
    for the answer to another call.
    """

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._idle: list[Client] = []

    async def get(self, key: bytes) -> bytes | None:
        """Return the value, or ``None``."""
        return await self._call(lambda client: client.get(key))

    async def set(self, key: bytes, value: bytes, exptime: int = 0) -> bool:
        """Keep a value; one that memcached would drop instead is ``TooLarge``."""
        if len(value) > LARGEST:
            raise TooLarge(LARGEST)
        return await self._call(lambda client: client.set(key, value, exptime))

    async def ping(self) -> None:
        """Return when the host answers."""
        await self._call(lambda client: client.version())

    async def close(self) -> None:
        """Close what is idle."""
        while self._idle:
            await self._idle.pop().close()

    async def _call(self, use: Callable[[Client], Awaitable[Answer]]) -> Answer:
        client = self._idle.pop() if self._idle else Client(self._host, self._port, pool_size=1)
        try:
            answer = await use(client)
        except BaseException:
            await client.close()
            raise
        self._idle.append(client)
        if len(self._idle) > IDLE:
            await self._idle.pop(0).close()
        return answer


class MemcachedSessions(IdCookie, MemcachedStorage):
    """The storage of aiohttp-session."""


def parse_host(dsn: str) -> tuple[str, int]:
    """Read ``host``, ``host:port`` or ``[v6]:port``; without any it is this very machine."""
    parts = urlsplit(f"//{dsn or 'localhost'}")
    if not parts.hostname or parts.path or parts.query or parts.username is not None:
        raise ValueError('dsn names no memcached host: write "host:port" or "[v6]:port".')
    return parts.hostname, parts.port or PORT


@asynccontextmanager
async def open_memcached(config: NativeConfig, host: tuple[str, int]) -> AsyncIterator[Opened]:
    """Open the memcached storage of aiohttp-session."""
    connections = Connections(*host)
    # The storage asks for nothing else than get and set.
    storage = MemcachedSessions(cast(Client, connections), **config.cookie)
    try:
        yield Opened(storage, connections.ping)
    finally:
        await connections.close()
