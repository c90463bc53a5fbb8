"""A host that was restarted empty gets what the others keep, and can then stand alone."""

import asyncio

import pytest

from satchel_hookspecs import ABSENT, Unavailable
from satchel_memcache import Memcache
from satchel_session_memcache import MemcacheSessions
from tests.memcache.conftest import OpenNode, until_well
from tests.memcache.node import make_node
from tests.servers.fixtures import StartMemcached
from tests.servers.memcached import Memcached

RETRY = 0.05
TIMEOUT = 15
KEYS = [f"{number:064x}" for number in range(200)]


async def until_whole(node: MemcacheSessions) -> None:
    """Wait until the hosts have everything, as the health says."""
    memcache = Memcache.of(node.ctx)
    async with asyncio.timeout(TIMEOUT):
        while (await memcache.plugin_health()).state != "ok":  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def make_old(*hosts: Memcached) -> None:
    """Let these hosts be there for years already."""
    for host in hosts:
        host.ask(b"set satchel:born 0 0 10\r\n1700000000")


@pytest.mark.parametrize("count", [2, 3])
async def test_it_gets_what_nobody_has_used_and_stands_alone_then(
    count: int, start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached() for _ in range(count)]
    make_old(*hosts)
    node = await open_node(*hosts, memcache_retry_interval=RETRY)
    for number, key in enumerate(KEYS):
        await node.session_write(key, b"%d" % number, ABSENT, 3600, "ann")
    await node.session_destroy(KEYS[0])
    # larger than an item: cut into chunks
    await node.session_write("f" * 64, bytes(3_000_000), ABSENT, 3600, None)
    before = hosts[0].list_items()
    of_its_own = Memcache.of(node.ctx).host_key("note")
    hosts[1].ask(f"set {of_its_own} 0 0 1\r\n1".encode())

    hosts[0].restart()
    await until_well(node)
    told = (await Memcache.of(node.ctx).plugin_health()).detail
    await until_whole(node)
    after = hosts[0].list_items()
    after.pop(Memcache.of(node.ctx).host_key("filling"), None)  # it is given back a moment later
    hosts[1].kill()

    assert f"{hosts[0].address} does not have everything yet" in told
    assert after.keys() == before.keys()
    assert all(abs(after[key] - ends) <= 1 for key, ends in before.items())
    assert await node.session_read(KEYS[0]) is None
    for number, key in list(enumerate(KEYS))[1:]:
        record = await node.session_read(key)
        assert record is not None and record.data == b"%d" % number
    large = await node.session_read("f" * 64)
    assert large is not None and len(large.data) == 3_000_000
    assert await node.session_write("e" * 64, b"new", ABSENT, 3600, "ann")


async def test_what_is_newer_in_it_stays(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    make_old(*hosts)
    node = await open_node(*hosts, memcache_retry_interval=5 * RETRY)
    version = await node.session_write(KEYS[0], b"old", ABSENT, 3600, None)
    name = Memcache.of(node.ctx).key("session", KEYS[0])
    answer = hosts[1].ask(f"get {name}".encode(), b"\r\nEND\r\n")
    old = answer.partition(b"\r\n")[2].removesuffix(b"\r\nEND\r\n")

    hosts[0].restart()
    await node.session_write(KEYS[0], b"new", version, 3600, None)
    hosts[1].ask(f"set {name} 0 0 {len(old)}\r\n".encode() + old)
    await until_whole(node)
    hosts[1].kill()
    record = await node.session_read(KEYS[0])

    assert record is not None and record.data == b"new"


async def test_one_node_fills_it_and_another_goes_on_when_that_one_has_ended(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    make_old(*hosts)
    nodes = [await open_node(*hosts, memcache_retry_interval=RETRY) for _ in range(2)]
    for key in KEYS:
        await nodes[0].session_write(key, b"1", ABSENT, 3600, None)
    hosts[0].restart()
    # of a node that was killed while it filled the host
    hosts[0].ask(b"add satchel:host:filling 0 1 1\r\n1")

    await until_whole(nodes[1])
    brought = [Memcache.of(node.ctx).counters["repaired"] for node in nodes]

    assert sum(brought) == len(KEYS)
    async with asyncio.timeout(TIMEOUT):
        while "satchel:host:filling" in hosts[0].list_items():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_while_another_host_is_away_nothing_is_believed(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached() for _ in range(3)]
    make_old(*hosts)
    node = await open_node(*hosts, memcache_retry_interval=RETRY)
    hosts[2].kill()
    hosts[0].restart()
    await asyncio.sleep(20 * RETRY)
    hosts[1].kill()
    hosts[2].start()
    hosts[2].ask(b"set satchel:born 0 0 10\r\n1700000000")
    unknown = [key for key in KEYS if _hosts_of(node, key) == {hosts[0].address, hosts[1].address}]

    for key in unknown:
        with pytest.raises(Unavailable):
            await node.session_read(key)
    assert len(unknown) > 1


async def test_when_a_host_is_taken_away_the_others_become_home_to_what_it_had(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached() for _ in range(3)]
    async with make_node([host.address for host in hosts]) as before:
        for key in KEYS:
            await before.session_write(key, b"1", ABSENT, 3600, None)
        assert (await Memcache.of(before.ctx).plugin_health()).state == "ok"

    after = await open_node(*hosts[:2], memcache_retry_interval=RETRY)
    told = (await Memcache.of(after.ctx).plugin_health()).detail
    await until_whole(after)
    hosts[0].kill()
    hosts[2].kill()

    assert f"{hosts[0].address} does not have everything yet" in told
    for key in KEYS:
        assert await after.session_read(key) is not None
    assert await after.session_read("e" * 64) is None


async def test_a_host_without_room_stays_young(
    start_memcached: StartMemcached, open_node: OpenNode, caplog: pytest.LogCaptureFixture
) -> None:
    hosts = [start_memcached(), start_memcached("-m", "2", "-M")]
    make_old(*hosts)
    hosts[1].kill()
    node = await open_node(*hosts, memcache_retry_interval=RETRY, memcache_timeout=5.0)
    for key in KEYS[:30]:
        await node.session_write(key, bytes(200_000), ABSENT, 3600, None)
    hosts[1].start()
    async with asyncio.timeout(TIMEOUT):
        while "refuses to keep more" not in caplog.text:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    health = await Memcache.of(node.ctx).plugin_health()

    assert health.state == "degraded"
    assert f"{hosts[1].address} does not have everything yet" in health.detail


def _hosts_of(node: MemcacheSessions, key: str) -> set[str]:
    memcache = Memcache.of(node.ctx)
    return {cell.name for cell in memcache.cells_of(memcache.key("session", key))}
