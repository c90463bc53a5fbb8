"""What the operator is told about the hosts."""

import logging
import time
from collections.abc import AsyncIterator

import pytest

from satchel_hookspecs import ABSENT, Block, Place, PluginContext
from satchel_hookspecs.blocks import to_frame
from satchel_memcache import Memcache, MemcacheConfig, UnusableMemcache
from satchel_memcache.check import FRESH
from tests.memcache.conftest import OpenNode, until_well
from tests.memcache.node import make_node
from tests.servers.fixtures import StartMemcached

KEY = "a1" * 32


async def test_all_is_well(start_memcached: StartMemcached, open_node: OpenNode) -> None:
    node = await open_node(start_memcached(), start_memcached())

    assert (await Memcache.of(node.ctx).plugin_health()).state == "ok"


@pytest.mark.parametrize("fault", ["kill", "freeze"])
async def test_one_of_two_away_is_degraded_and_names_it(
    fault: str, start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    node = await open_node(*hosts)
    getattr(hosts[1], fault)()
    health = await Memcache.of(node.ctx).plugin_health()

    assert health.state == "degraded"
    assert hosts[1].address in health.detail
    assert hosts[0].address not in health.detail


async def test_all_away_is_failed_until_they_are_back(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    host = start_memcached()
    node = await open_node(host)
    host.kill()

    assert (await Memcache.of(node.ctx).plugin_health()).state == "failed"
    host.start()
    await until_well(node)
    assert (await Memcache.of(node.ctx).plugin_health()).state == "ok"


async def test_a_host_that_drops_values_is_degraded(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    node = await open_node(start_memcached("-m", "2"), memcache_timeout=5.0)
    memcache = Memcache.of(node.ctx)
    assert (await memcache.plugin_health()).state == "ok"
    for number in range(60):
        await node.session_write(f"{number:064x}", b"x" * 200_000, ABSENT, 60, None)
    health = await memcache.plugin_health()

    assert health.state == "degraded"
    assert "want of memory" in health.detail


async def test_a_loss_is_a_trouble_for_an_hour_and_a_hint_from_then_on(
    start_memcached: StartMemcached, open_node: OpenNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = start_memcached()
    memcache = Memcache.of((await open_node(host)).ctx)
    pieces, place = memcache.pieces(60), Place("ann", "compose")
    frames = [(0, to_frame("a1", Block.of(0, b"gone")))]

    async def pour() -> AsyncIterator[tuple[int, bytes]]:
        for numbered in frames:
            yield numbered

    await pieces.write(place, "a1", pour())
    [key] = [key for key in host.list_items() if ":frame:" in key]
    host.ask(f"delete {key}".encode())
    assert [frame async for frame in pieces.read(place, "a1", 0, 1)] == []

    for _ in range(2):
        health = await memcache.plugin_health()
        assert (health.state, "gone from every host: 1" in health.detail) == ("degraded", True)
    later = time.monotonic() + FRESH
    monkeypatch.setattr("satchel_memcache.check.monotonic", lambda: later)
    health = await memcache.plugin_health()
    assert (health.state, "gone from every host: 1" in health.detail) == ("ok", True)


async def test_one_host_alone_is_well_and_the_operator_is_told_what_that_means(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    health = await Memcache.of((await open_node(start_memcached())).ctx).plugin_health()

    assert health.state == "ok"
    assert "nothing is kept twice" in health.detail


async def test_hosts_that_take_items_of_different_sizes_are_told(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached("-I", "2m")]
    health = await Memcache.of((await open_node(*hosts)).ctx).plugin_health()

    assert health.state == "ok"
    assert "different sizes (-I)" in health.detail


async def test_what_was_dropped_before_this_node_began_is_told(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    host = start_memcached("-m", "2")
    first = await open_node(host, memcache_timeout=5.0)
    for number in range(60):
        await first.session_write(f"{number:064x}", b"x" * 200_000, ABSENT, 60, None)
    health = await Memcache.of((await open_node(host)).ctx).plugin_health()

    assert health.state == "ok"
    assert f"{host.address} has dropped" in health.detail


async def test_a_clock_that_differs_is_degraded(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    node = await open_node(start_memcached(), clock=lambda: time.time() + 600)
    health = await Memcache.of(node.ctx).plugin_health()

    assert health.state == "degraded"
    assert "clock" in health.detail


async def test_a_node_starts_while_one_host_is_away(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    hosts[0].kill()

    assert (await Memcache.of((await open_node(*hosts)).ctx).plugin_health()).state == "degraded"


async def test_a_node_without_any_host_does_not_start_and_names_them(
    start_memcached: StartMemcached,
) -> None:
    host = start_memcached()
    host.kill()

    with pytest.raises(UnusableMemcache, match=host.address):
        async with make_node([host.address]):
            pass


def test_a_store_without_the_plugin_says_what_to_add() -> None:
    ctx = PluginContext("memcache", "n", time.time, logging.getLogger(), (b"k" * 32,), {}, None)

    with pytest.raises(UnusableMemcache, match='add "memcache" to the plugins'):
        Memcache.of(ctx)
    assert Memcache.Config is MemcacheConfig
