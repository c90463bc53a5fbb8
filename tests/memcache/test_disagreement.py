"""Two nodes that reach different hosts: both write, one write is lost, and the operator sees it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack

import pytest
from prometheus_client.parser import text_string_to_metric_families

from satchel.host import Host
from satchel.settings import settings_from
from satchel_hookspecs import ABSENT, Health
from satchel_wrap_metrics import exposition
from tests.memcache.conftest import TIMEOUT
from tests.servers.fault_proxy import FaultProxy
from tests.servers.fixtures import StartMemcached
from tests.servers.ports import LOOPBACK

KEY = "a1" * 32
SETTINGS: dict[str, object] = {
    "secret": "s3cr3t-of-the-tests-" * 3,
    "session_storage": "memcache",
    "attachment_storage": "satchel_hookspecs:MemoryAttachments",
    "session_wrap": ["metrics"],
    "wrap_metrics": {"counters": ["memcache"]},
    "memcache_timeout": 1.0,
}


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def open_host(stack: AsyncExitStack, *addresses: str) -> Host:
    host = Host(settings_from({**SETTINGS, "memcache_hosts": [*addresses]}))
    return await stack.enter_async_context(host.started())


def counted(event: str) -> float:
    """What the page for Prometheus says, of all nodes of this process."""
    labels = {"plugin": "memcache", "event": event}
    families = text_string_to_metric_families(exposition().decode())
    samples = [sample for family in families for sample in family.samples]
    return sum(
        one.value
        for one in samples
        if one.name == "satchel_plugin_events_total" and one.labels == labels
    )


async def health_of(host: Host) -> Health:
    [memcache] = [one for one in (await host.health()).plugins if one.label == "memcache"]
    return memcache.health


async def write(host: Host, data: bytes, expect: object) -> object:
    return await host.hooks.session_write(key=KEY, data=data, expect=expect, ttl=60, owner=None)


async def test_writes_of_nodes_that_reach_different_hosts_are_counted_where_the_operator_looks(
    start_memcached: StartMemcached, stack: AsyncExitStack
) -> None:
    servers = [start_memcached(), start_memcached()]
    with ExitStack() as proxies:
        first, second = (
            proxies.enter_context(FaultProxy(server.host, server.port)) for server in servers
        )
        nodes = [
            await open_host(stack, servers[0].address, f"{LOOPBACK}:{second.port}"),
            await open_host(stack, f"{LOOPBACK}:{first.port}", servers[1].address),
        ]
        version = await write(nodes[0], b"before", ABSENT)
        before = counted("alone")
        for proxy in (first, second):
            proxy.stall()
        written = await asyncio.gather(
            *(write(node, b"%d" % number, version) for number, node in enumerate(nodes))
        )
        alone = counted("alone") - before
        told = [await health_of(node) for node in nodes]
        for proxy in (first, second):
            proxy.heal()
        await until_all_answer(nodes)
        seen = [(await node.hooks.session_read(key=KEY)).version for node in nodes]

    assert len(set(written)) == 2
    assert alone == 2
    assert all("Writes with fewer copies than they should have: " in one.detail for one in told)
    assert seen[0] == seen[1]
    assert seen[0] in written


async def until_all_answer(nodes: list[Host]) -> None:
    async with asyncio.timeout(TIMEOUT):
        for node in nodes:
            while (await health_of(node)).state != "ok":  # noqa: ASYNC110
                await asyncio.sleep(0.01)
