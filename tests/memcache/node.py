"""A node: a store of sessions over memcached; as a process it counts in a session."""

import asyncio
import json
import logging
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from satchel_hookspecs import Conflict, PluginContext, SessionRecord, Unavailable
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


async def add(store: MemcacheSessions, name: str, times: int) -> None:
    """Count to ``times`` under a name of the session; fail when any of it is lost on the way.

    Whoever is told that nobody knows looks whether the number is there, as it may be later, too.
    """
    mine, possible = 0, {0}
    while mine < times:
        record = await store.session_read(KEY)
        assert isinstance(record, SessionRecord)
        counted: dict[str, int] = json.loads(record.data)
        mine = counted.get(name, 0)
        assert mine in possible, f"{name} had counted to {max(possible)}, and it is {mine} now."
        if mine == times:
            return
        more = json.dumps({**counted, name: mine + 1}).encode()
        try:
            await store.session_write(KEY, more, record.version, 3600, None)
        except Conflict:
            continue
        except Unavailable:
            possible = {mine, mine + 1}
        else:
            mine, possible = mine + 1, {mine + 1}


async def start(addresses: Sequence[str], tasks: int, times: int) -> None:
    async with make_node(addresses, memcache_timeout=5.0) as store:
        os.write(1, b"ready\n")
        await asyncio.to_thread(sys.stdin.readline)
        names = (f"{os.getpid()}-{number}" for number in range(tasks))
        await asyncio.gather(*(add(store, name, times) for name in names))


if __name__ == "__main__":
    asyncio.run(start(sys.argv[1].split(), int(sys.argv[2]), int(sys.argv[3])))
