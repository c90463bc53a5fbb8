"""A node: a store of sessions over memcached; as a process it adds to a session."""

import asyncio
import logging
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from satchel_hookspecs import Conflict, PluginContext, SessionRecord
from satchel_memcache import Memcache, MemcacheConfig
from satchel_session_memcache import MemcacheSessions

KEY = "a1" * 32


def make_context(plugins: dict[str, object], clock: Callable[[], float]) -> PluginContext:
    """What a host hands to a plugin."""
    keys, logger = (b"k" * 32,), logging.getLogger("satchel.plugins.memcache")
    return PluginContext("memcache", "node", clock, logger, keys, plugins, None)


@asynccontextmanager
async def make_node(
    addresses: Sequence[str], clock: Callable[[], float] = time.time, **options: Any
) -> AsyncIterator[MemcacheSessions]:
    """A started store; a slow machine is given more time than a user would be."""
    config = MemcacheConfig(tuple(addresses), **{"memcache_timeout": 0.4, **options})
    memcache = Memcache(config, make_context({}, clock))
    async with memcache.plugin_lifespan(memcache.ctx):
        yield MemcacheSessions(None, make_context({"memcache": memcache}, clock))


async def add(store: MemcacheSessions, key: str, times: int) -> None:
    """Add one to the number in the session, ``times`` times, losing none of the others'."""
    for _ in range(times):
        record = await store.session_read(key)
        while True:
            assert isinstance(record, SessionRecord)
            more = b"%d" % (int(record.data) + 1)
            try:
                await store.session_write(key, more, record.version, 3600, None)
                break
            except Conflict as conflict:
                record = conflict.current  # type: ignore[assignment]


async def start(addresses: Sequence[str], tasks: int, times: int) -> None:
    async with make_node(addresses, memcache_timeout=5.0) as store:
        os.write(1, b"ready\n")
        await asyncio.to_thread(sys.stdin.readline)
        await asyncio.gather(*(add(store, KEY, times) for _ in range(tasks)))


if __name__ == "__main__":
    asyncio.run(start(sys.argv[1].split(), int(sys.argv[2]), int(sys.argv[3])))
