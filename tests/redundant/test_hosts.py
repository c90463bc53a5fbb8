"""Hosts that forget, that are full, that answer late or something else."""

import os
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from satchel_attachments_redundant import RedundantAttachments
from satchel_hookspecs import BLOCK, StorageFull, Unavailable
from satchel_memcache import Memcache, UnusableMemcache
from tests.memcache.garbling import GarblingProxy
from tests.redundant.conftest import Cluster, until, until_well
from tests.redundant.node import at, content_of, listed, open_group, upload
from tests.servers.fault_proxy import FaultProxy
from tests.servers.fixtures import StartMemcached

CONTENT = os.urandom(2 * BLOCK + 9)
OTHER = os.urandom(BLOCK + 3)


@pytest.mark.parametrize("fault", ["flush", "restart"])
async def test_hosts_that_forgot_all_know_every_list_before_the_next_outage(
    fault: str, cluster: Cluster
) -> None:
    node = await cluster.open()
    await open_group(node)
    await upload(node, CONTENT)
    for host in cluster.hosts:
        getattr(host, fault)()
    assert await listed(node) == {"id1": "id1.txt"}

    await until(lambda: all(host.list_items() for host in cluster.hosts))
    await node._recovery._refill.once()
    cluster.database.kill()
    assert await listed(node) == {"id1": "id1.txt"}
    assert await content_of(node) == CONTENT


async def test_a_host_that_forgets_while_it_is_filled_is_filled_again(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = await cluster.open()
    await open_group(node)
    refill, host = node._recovery._refill, cluster.hosts[0]
    question = f"get {refill._mark}".encode()
    # A round that has only begun would have its end with what is put in its place below.
    await until(lambda: b"\r\n1\r\n" in host.ask(question, b"END\r\n"))
    read_all, once = refill._read_all, refill.once
    flushed, was_marked = list[bool](), list[bool]()

    async def read_and_flush() -> None:
        await read_all()
        if not flushed:
            host.flush()
            flushed.append(True)

    async def once_and_look() -> None:
        await once()
        if flushed:
            was_marked.append(refill._mark in host.list_items())

    monkeypatch.setattr(refill, "_read_all", read_and_flush)
    monkeypatch.setattr(refill, "once", once_and_look)
    lists = {key for key in host.list_items() if ":attachments:" in key}
    host.ask(f"delete {refill._mark}".encode())
    await until(lambda: bool(was_marked) and lists <= set(host.list_items()))

    assert not was_marked[0]


async def test_what_memcached_cannot_hold_in_an_outage_is_refused_and_earlier_files_stay(
    cluster: Cluster, start_memcached: StartMemcached
) -> None:
    cluster.addresses = [start_memcached("-m", "8").address for _ in range(2)]
    node = await cluster.open()
    await open_group(node)
    await upload(node, CONTENT)
    cluster.database.kill()

    with pytest.raises(StorageFull):
        await upload(node, os.urandom(100 * BLOCK), at("large"))
    cluster.database.start()
    await until_well(node)
    assert await listed(node) == {"id1": "id1.txt"}
    assert await content_of(node) == CONTENT


async def test_a_list_that_reached_fewer_places_is_among_what_memcached_counts(
    cluster: Cluster,
) -> None:
    node = await cluster.open()
    memcache = Memcache.of(node.ctx)
    cluster.hosts[0].kill()
    await open_group(node)

    assert memcache.counters["alone"] > 0
    assert "Writes with fewer copies" in (await memcache.plugin_health()).detail


async def test_what_memcached_drops_in_an_outage_is_refused_by_others_and_served_where_it_lies(
    cluster: Cluster,
) -> None:
    node, other = await cluster.open(), await cluster.open("two")
    await open_group(node)
    cluster.database.kill()
    await upload(node, CONTENT)
    [dropped, *_] = cluster.blocks()
    for host in cluster.hosts:
        assert host.ask(f"delete {dropped}".encode()) == b"DELETED\r\n"

    assert await listed(other) == {"id1": "id1.txt"}
    with pytest.raises(Unavailable):
        await content_of(other)
    assert await content_of(node) == CONTENT
    cluster.database.start()
    await until_well(node, other)
    assert await content_of(other) == CONTENT


async def test_a_host_that_takes_no_item_as_large_as_a_block_is_refused_at_start(
    cluster: Cluster, start_memcached: StartMemcached
) -> None:
    small = start_memcached("-I", "128k", "-o", "slab_chunk_max=65536")
    cluster.addresses = [cluster.hosts[0].address, small.address]

    with pytest.raises(UnusableMemcache, match="start memcached with -I 1m"):
        await cluster.open()


def of_others(chunk: bytes) -> bytes:
    """An answer about something else."""
    return chunk.replace(b"1", b"2")


GARBLES: dict[str, Callable[[bytes], bytes]] = {
    "bits_changed": lambda chunk: bytes([*chunk[:-1], chunk[-1] ^ 1]),
    "cut_short": lambda chunk: chunk[: len(chunk) // 2],
    "noise": lambda chunk: os.urandom(len(chunk)),
    "of_others": of_others,
}


@pytest.mark.parametrize("state", ["database_up", "database_down"])
@pytest.mark.parametrize("garble", GARBLES.values(), ids=GARBLES.keys())
async def test_a_host_that_answers_something_else_changes_nothing(
    garble: Callable[[bytes], bytes], state: str, cluster: Cluster
) -> None:
    with GarblingProxy(cluster.hosts[0]) as proxy:
        cluster.addresses = [proxy.address, cluster.hosts[1].address]
        node = await cluster.open()
        await open_group(node)
        await upload(node, OTHER, at("early"))
        if state == "database_down":
            cluster.database.kill()
        proxy.garble = garble
        await upload(node, CONTENT)

        assert set(await listed(node)) == {"early", "id1"}
        assert await content_of(node, at("early")) == OTHER
        assert await content_of(node) == CONTENT
        proxy.garble = bytes
        assert await content_of(node) == CONTENT
        await cluster.stack.aclose()


async def test_hosts_that_answer_late_are_not_taken_for_hosts_that_know_nothing(
    cluster: Cluster,
) -> None:
    with ExitStack() as stack:
        proxies = [stack.enter_context(FaultProxy(host.host, host.port)) for host in cluster.hosts]
        cluster.addresses = [f"{proxy.host}:{proxy.port}" for proxy in proxies]
        node = await cluster.open()
        await open_group(node)
        await upload(node, CONTENT)
        for proxy in proxies:
            proxy.delay(1.0)
        assert await listed(node) == {"id1": "id1.txt"}
        assert await content_of(node) == CONTENT
        cluster.database.kill()
        with pytest.raises(Unavailable):
            await listed(node)
        for proxy in proxies:
            proxy.heal()
        await until(lambda: knows_its_list(node))

        assert await content_of(node) == CONTENT
        await cluster.stack.aclose()


async def knows_its_list(node: RedundantAttachments) -> bool:
    """Whether the list is told; it is whole or unavailable."""
    try:
        return await listed(node) == {"id1": "id1.txt"}
    except Unavailable:
        return False
