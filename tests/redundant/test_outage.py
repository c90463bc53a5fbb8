"""While the database is down memcached has its place; when it is back it lacks nothing."""

import os

import pytest

from satchel_attachments_redundant import RedundantAttachments
from satchel_hookspecs import BLOCK, Unavailable, Usage
from tests.redundant.conftest import Cluster, until_well
from tests.redundant.node import (
    OWNER,
    REF,
    at,
    content_of,
    listed,
    open_group,
    upload,
)

BEFORE = os.urandom(BLOCK + 7)
LARGE = os.urandom(9 * BLOCK + 1)


async def begin(cluster: Cluster) -> RedundantAttachments:
    """A node with a file from before, whose database has just gone down."""
    node = await cluster.open()
    await open_group(node)
    await upload(node, BEFORE)
    await upload(node, b"to be deleted", at("gone"))
    cluster.database.kill()
    return node


async def test_all_that_a_user_does_goes_on_while_the_database_is_down(cluster: Cluster) -> None:
    node = await begin(cluster)
    await upload(node, LARGE, at("large"))
    await upload(node, b"", at("empty"))
    await node.attachment_rename(REF, "renamed.txt")
    await node.attachment_rename(at("large"), "large.bin")
    assert await node.attachment_delete(at("gone"))

    names = {"id1": "renamed.txt", "large": "large.bin", "empty": "empty.txt"}
    assert await listed(node) == names
    assert await content_of(node) == BEFORE
    assert await content_of(node, at("large")) == LARGE
    assert await content_of(node, at("empty")) == b""
    assert await content_of(node, at("gone")) is None
    assert await node.attachment_usage(OWNER) == Usage(len(BEFORE) + len(LARGE), 3)
    assert await open_group(node) is True
    assert (await node.plugin_health()).state == "degraded"


async def test_what_was_done_meanwhile_is_in_the_database_when_it_is_back(
    cluster: Cluster,
) -> None:
    node = await begin(cluster)
    await upload(node, LARGE, at("large"))
    await node.attachment_rename(REF, "renamed.txt")
    await node.attachment_delete(at("gone"))
    cluster.database.start()
    await until_well(node)
    for host in cluster.hosts:
        host.restart()

    other = await cluster.open("two")
    assert await listed(other) == {"id1": "renamed.txt", "large": "large.txt"}
    assert await content_of(other, at("large")) == LARGE
    assert await content_of(other, at("gone")) is None


async def test_after_an_outage_nothing_is_orphaned(cluster: Cluster) -> None:
    node = await begin(cluster)
    await upload(node, LARGE, at("large"))
    await upload(node, LARGE, at("large2"))
    assert len(cluster.blocks()) == 2 * 2 * 10
    await node.attachment_delete(at("gone"))
    await node.attachment_delete(at("large2"))
    cluster.database.start()
    await until_well(node)

    names = {file.stem for file in cluster.files()}
    assert len(names) == 2
    assert set(cluster.rows("piece", "pieces")) == names
    assert set(cluster.rows("DISTINCT piece")) == names
    assert cluster.blocks() == []


async def test_another_node_sees_and_changes_what_was_uploaded_in_the_outage(
    cluster: Cluster,
) -> None:
    other = await cluster.open("two")
    node = await begin(cluster)
    await upload(node, LARGE, at("large"))

    assert await content_of(other, at("large")) == LARGE
    assert await other.attachment_delete(at("large"))
    cluster.database.start()
    await until_well(node, other)
    assert await listed(node) == {"id1": "id1.txt", "gone": "gone.txt"}


async def test_what_only_another_node_has_is_unavailable_and_not_missing(
    cluster: Cluster,
) -> None:
    other = await cluster.open("two")
    await begin(cluster)

    assert set(await listed(other)) == {"id1", "gone"}
    with pytest.raises(Unavailable):
        await content_of(other)


async def test_a_compose_is_begun_in_an_outage(cluster: Cluster) -> None:
    node = await begin(cluster)

    assert await open_group(node, "g2") is False
    await upload(node, b"new", at("new", "g2"))
    cluster.database.start()
    await until_well(node)
    assert await listed(await cluster.open("two"), "g2") == {"new": "new.txt"}


@pytest.mark.parametrize("fault", ["flush", "restart"])
async def test_a_list_in_an_outage_is_whole_or_unavailable(fault: str, cluster: Cluster) -> None:
    node = await begin(cluster)
    await upload(node, b"late", at("late"))
    whole = {"id1", "gone", "late"}
    assert set(await listed(node)) == whole

    getattr(cluster.hosts[0], fault)()
    assert set(await listed(node)) == whole
    for host in cluster.hosts:
        getattr(host, fault)()
    with pytest.raises(Unavailable):
        await listed(node)
    with pytest.raises(Unavailable):
        await open_group(node)
    with pytest.raises(Unavailable):
        await upload(node, b"x", at("later"))


@pytest.mark.parametrize("fault", ["flush", "restart"])
async def test_the_journal_knows_what_both_hosts_have_forgotten(
    fault: str, cluster: Cluster
) -> None:
    node = await begin(cluster)
    await upload(node, LARGE, at("large"))
    await node.attachment_rename(REF, "renamed.txt")
    await node.attachment_delete(at("gone"))
    for host in cluster.hosts:
        getattr(host, fault)()
    cluster.database.start()
    await until_well(node)

    assert await listed(node) == {"id1": "renamed.txt", "large": "large.txt"}
    assert await content_of(await cluster.open("two"), at("large")) == LARGE


async def test_with_one_host_dead_too_all_goes_on(cluster: Cluster) -> None:
    node = await begin(cluster)
    cluster.hosts[1].kill()
    await upload(node, LARGE, at("large"))
    await node.attachment_delete(at("gone"))

    assert set(await listed(node)) == {"id1", "large"}
    assert await content_of(node, at("large")) == LARGE


async def test_with_no_other_place_an_upload_is_refused_and_leaves_nothing(
    cluster: Cluster,
) -> None:
    node = await begin(cluster)
    before = cluster.files()
    for host in cluster.hosts:
        host.kill()

    with pytest.raises(Unavailable):
        await upload(node, LARGE, at("large"))
    assert cluster.files() == before


async def test_a_compose_closed_in_an_outage_stays_closed(cluster: Cluster) -> None:
    node = await begin(cluster)
    assert await node.attachments_cleanup(OWNER, None) == 2
    cluster.database.start()
    await until_well(node)

    assert cluster.files() == []
    assert cluster.rows("piece", "pieces") == []
    assert await listed(await cluster.open("two")) == {}
