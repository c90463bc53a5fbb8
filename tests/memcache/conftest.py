"""Nodes of a cluster: stores of sessions over memcached hosts that the tests let fail."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from satchel_memcache import Memcache
from satchel_session_memcache import MemcacheSessions
from tests.memcache.node import make_node
from tests.servers.memcached import Memcached

OpenNode = Callable[..., Awaitable[MemcacheSessions]]
TIMEOUT = 10


@pytest.fixture
async def open_node() -> AsyncIterator[OpenNode]:
    """Open a node over hosts: `open_node(*hosts, memcache_timeout=0.5)`."""
    async with AsyncExitStack() as stack:

        async def open_one(*hosts: Memcached, **options: Any) -> MemcacheSessions:
            addresses = tuple(host.address for host in hosts)
            return await stack.enter_async_context(make_node(addresses, **options))

        yield open_one


async def until_well(*nodes: MemcacheSessions) -> None:
    """Wait until every node asks all of its hosts again."""
    async with asyncio.timeout(TIMEOUT):
        for node in nodes:
            while any(host.trouble for host in Memcache.of(node.ctx).hosts):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
