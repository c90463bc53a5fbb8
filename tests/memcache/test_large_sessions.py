"""Sessions that are larger than an item: all old or all new, on two hosts like the small ones."""

import asyncio
import time

import pytest

from satchel_hookspecs import ABSENT, Conflict, SessionRecord, TooLarge, Unavailable, Version
from satchel_memcache import Memcache
from satchel_session_memcache import MemcacheSessions
from tests.memcache.conftest import OpenNode, until_well
from tests.servers.fixtures import StartMemcached
from tests.servers.memcached import Memcached

KEY = "a1" * 32
LARGE = 2 * 2**20
SLOW = {"memcache_timeout": 5.0, "block_timeout": 5.0}


def chunks_on(host: Memcached) -> set[str]:
    """The keys of all chunks on this host."""
    return {key for key in host.list_items() if "/" in key}


async def read(node: MemcacheSessions) -> SessionRecord:
    record = await node.session_read(KEY)
    assert record is not None
    return record


async def write(node: MemcacheSessions, data: bytes, version: Version | None = None) -> Version:
    return await node.session_write(KEY, data, version or ABSENT, 600, "ann")


@pytest.mark.parametrize("options", [(), ("-I", "128k", "-o", "slab_chunk_max=65536")])
@pytest.mark.parametrize("count", [1, 2, 3])
async def test_what_was_written_is_read_on_another_node(
    count: int, options: tuple[str, ...], start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(*options) for _ in range(count)]
    one, other = [await open_node(*hosts, **SLOW) for _ in range(2)]
    data = bytes(range(256)) * (LARGE // 256)

    assert (await write(one, data), data) == ((await read(other)).version, (await read(one)).data)
    assert [KEY] == [found.key for found in await other.session_list("ann")]


async def test_a_session_that_shrinks_or_ends_leaves_no_chunk_behind(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    node = await open_node(*hosts, **SLOW)
    large = await write(node, b"1" * (LARGE - 1000))
    assert [8, 8] == [len(chunks_on(host)) for host in hosts]

    larger = await write(node, b"2" * LARGE, large)
    assert [9, 9] == [len(chunks_on(host)) for host in hosts]
    small = await write(node, b"3", larger)
    assert [0, 0] == [len(chunks_on(host)) for host in hosts]
    await write(node, b"4" * LARGE, small)
    assert await node.session_destroy(KEY)

    assert [0, 0] == [len(chunks_on(host)) for host in hosts]
    assert await node.session_read(KEY) is None


async def test_one_host_after_the_other_comes_back_empty_and_nothing_is_lost(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts, data = [start_memcached() for _ in range(3)], b"x" * LARGE
    node = await open_node(*hosts, **SLOW)
    await write(node, data)

    for host in hosts * 2:
        host.restart()
        assert (await read(node)).data == data


@pytest.mark.parametrize("fault", ["kill", "freeze"])
async def test_one_host_away_is_not_noticed(
    fault: str, start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    node = await open_node(*hosts, block_timeout=0.4)
    version = await write(node, b"1" * LARGE)
    getattr(hosts[0], fault)()
    version = await write(node, b"2" * LARGE, version)

    assert (await read(node)).data == b"2" * LARGE
    if fault == "freeze":
        hosts[0].thaw()
        await until_well(node)
        assert (await read(node)).data == b"2" * LARGE
        await write(node, b"3" * LARGE, version)


async def test_a_reader_sees_one_whole_value_while_others_write(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    nodes = [await open_node(*hosts, **SLOW) for _ in range(3)]
    await write(nodes[0], b"\0" * LARGE)

    async def overwrite(node: MemcacheSessions, times: int) -> None:
        for _ in range(times):
            before = await read(node)
            try:
                await write(node, bytes([before.data[0] + 1]) * LARGE, before.version)
            except Conflict:
                continue

    writing = [asyncio.create_task(overwrite(node, 8)) for node in nodes[:2]]
    while not all(task.done() for task in writing):
        assert len(set((await read(nodes[2])).data)) == 1
    await asyncio.gather(*writing)


async def test_increments_of_a_large_session_from_two_nodes_are_all_kept(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    nodes = [await open_node(*hosts, **SLOW) for _ in range(2)]
    await write(nodes[0], b"0".ljust(LARGE))

    async def add(node: MemcacheSessions, times: int) -> None:
        while times:
            before = await read(node)
            try:
                await write(node, b"%d".ljust(LARGE) % (int(before.data) + 1), before.version)
            except Conflict:
                continue
            times -= 1

    await asyncio.gather(*(add(node, 4) for node in nodes))

    assert int((await read(nodes[0])).data) == 8


async def test_a_write_that_is_cancelled_anywhere_leaves_the_old_or_the_new(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    node = await open_node(start_memcached(), start_memcached(), **SLOW)
    await write(node, b"0" * LARGE)

    for number in range(1, 9):
        before = await read(node)
        writing = asyncio.create_task(write(node, b"%d" % number * LARGE, before.version))
        await asyncio.wait({writing}, timeout=number * 0.002)
        writing.cancel()
        await asyncio.wait({writing})
        after = await read(node)
        assert after.data in (before.data, b"%d" % number * LARGE)


async def test_what_both_hosts_have_lost_is_gone_for_good(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    node = await open_node(*hosts, **SLOW)
    version = await write(node, b"x" * LARGE)
    lost = min(chunks_on(hosts[0]))
    for host in hosts:
        assert host.ask(b"delete " + lost.encode()) == b"DELETED\r\n"

    assert await node.session_read(KEY) is None
    with pytest.raises(Conflict) as late:
        await write(node, b"y" * LARGE, version)
    assert late.value.current is None
    assert Memcache.of(node.ctx).counters["lost"] > 0


async def test_a_chunk_that_the_host_which_is_away_may_have_is_unavailable(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    node = await open_node(*hosts, block_timeout=0.4)
    await write(node, b"x" * LARGE)
    lost = min(chunks_on(hosts[0]))
    assert hosts[0].ask(b"delete " + lost.encode()) == b"DELETED\r\n"
    hosts[1].kill()

    with pytest.raises(Unavailable):
        await node.session_read(KEY)


@pytest.mark.parametrize("copies", [1, 2])
async def test_a_poisoned_chunk_is_never_shown(
    copies: int, start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    node = await open_node(*hosts, **SLOW)
    await write(node, b"x" * LARGE)
    for host in hosts[:copies]:
        for key in chunks_on(host):
            assert host.ask(b"set " + key.encode() + b" 0 0 4\r\nevil") == b"STORED\r\n"
    found = await node.session_read(KEY)

    assert (found is None) == (copies == 2)
    assert found is None or found.data == b"x" * LARGE


async def test_a_touch_keeps_the_chunks_for_longer_and_writes_none(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    now = time.time()
    host = start_memcached()
    node = await open_node(host, clock=lambda: now, **SLOW)
    await node.session_write(KEY, b"x" * LARGE, ABSENT, 600, None)
    before = chunks_on(host)
    assert await node.session_touch(KEY, 5000)

    assert chunks_on(host) == before
    assert min(end for key, end in host.list_items().items() if "/" in key) > now + 4900
    now += 4000
    assert (await read(node)).data == b"x" * LARGE


async def test_a_session_that_is_too_large_is_refused_and_the_old_one_kept(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    node = await open_node(*hosts, **SLOW)
    version = await write(node, b"old")

    with pytest.raises(TooLarge):
        await write(node, b"x" * (4 * 2**20 + 1), version)

    assert (await read(node)).data == b"old"
    assert [0, 0] == [len(chunks_on(host)) for host in hosts]
