"""Bytes that nobody needs in memcached any more: they go, also where they could not be reached."""

import os
import time
from collections.abc import Iterator

import pytest

from satchel_attachments_redundant import RedundantAttachments
from satchel_hookspecs import BLOCK, Unavailable
from tests.redundant.conftest import Cluster, until, until_well
from tests.redundant.node import GROUP, OWNER, REF, TTL, open_group, upload
from tests.servers.fault_proxy import FaultProxy

CONTENT = os.urandom(BLOCK + 1)


@pytest.fixture
def way(cluster: Cluster) -> Iterator[FaultProxy]:
    """The way to one of the hosts, which keeps its memory while nobody reaches it."""
    host, other = cluster.hosts
    with FaultProxy(host.host, host.port) as proxy:
        cluster.addresses = [f"{proxy.host}:{proxy.port}", other.address]
        yield proxy


async def delete_out_of_reach(node: RedundantAttachments, way: FaultProxy) -> None:
    """Delete a file that memcached has in the database's place, while a host is away."""
    await upload(node, CONTENT)
    way.cut_before(b"delete ")
    assert await node.attachment_delete(REF)


async def test_a_host_that_was_away_when_a_file_was_deleted_is_rid_of_it_when_it_is_back(
    cluster: Cluster, way: FaultProxy
) -> None:
    async with cluster.make() as node:
        await open_group(node)
        cluster.database.kill()
        await delete_out_of_reach(node, way)
        assert cluster.blocks()
        way.heal()

        await until(lambda: not cluster.blocks())


async def test_a_host_that_was_away_when_the_database_got_a_file_is_rid_of_it_when_it_is_back(
    cluster: Cluster, way: FaultProxy
) -> None:
    async with cluster.make() as node:
        await open_group(node)
        cluster.database.kill()
        await upload(node, CONTENT)
        way.cut_before(b"delete ")
        cluster.database.start()
        await until_well(node)
        assert cluster.blocks()
        way.heal()

        await until(lambda: not cluster.blocks())
        assert len(cluster.rows("number")) == 2


async def test_what_a_host_has_of_a_deleted_file_is_swept_after_a_restart(
    cluster: Cluster, way: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with cluster.make() as node:
        await open_group(node)
        await node._recovery._turn.acquire()
        node._media.gate.close(Unavailable("It is away."))
        await delete_out_of_reach(node, way)
    way.heal()
    async with cluster.make() as again:
        await until_well(again)
        assert cluster.blocks()
        monkeypatch.setattr(RedundantAttachments, "grace", 0.0)
        await again.attachment_gc(100)

        assert cluster.blocks() == []


async def test_memcached_keeps_bytes_in_the_database_s_place_as_long_as_their_compose(
    cluster: Cluster,
) -> None:
    node, now = await cluster.open(), time.time()
    await open_group(node)
    cluster.database.kill()
    await upload(node, CONTENT)
    short = ends_of(cluster)
    await node.attachments_touch(OWNER, GROUP, 10 * TTL)
    long = ends_of(cluster)

    assert now + TTL <= min(short) <= max(short) < now + 2 * TTL
    assert now + 10 * TTL <= min(long) <= max(long) < now + 11 * TTL


def ends_of(cluster: Cluster) -> list[int]:
    """When memcached forgets each block that it has."""
    items = [item for host in cluster.hosts for item in host.list_items().items()]
    return [end for key, end in items if ":frame:" in key]
