"""Sessions in Redis or Valkey."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp_session.redis_storage import RedisStorage
from redis.asyncio import Redis

from satchel_session_native.config import NativeConfig
from satchel_session_native.id_cookie import IdCookie
from satchel_session_native.opened import Opened

LOCAL = "redis://localhost:6379/0"


class RedisSessions(IdCookie, RedisStorage):
    """The storage of aiohttp-session."""


def make_client(config: NativeConfig) -> Redis:
    """A client for ``redis://``, ``rediss://`` or ``unix://``; nothing is opened yet."""
    seconds = config.timeout
    return Redis.from_url(
        config.dsn or LOCAL, socket_timeout=seconds, socket_connect_timeout=seconds
    )


@asynccontextmanager
async def open_redis(config: NativeConfig, client: Redis) -> AsyncIterator[Opened]:
    """Open the Redis storage of aiohttp-session."""

    async def ping() -> None:
        await client.ping()

    async with client:
        yield Opened(RedisSessions(client, **config.cookie), ping)
