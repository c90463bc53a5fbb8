"""What was deleted is gone on every node and every copy, also where it could not be reached."""

import os

import pytest

from satchel_attachments_redundant import RedundantAttachments
from satchel_hookspecs import BLOCK, Conflict
from tests.redundant.conftest import Cluster, until, until_well
from tests.redundant.node import (
    OWNER,
    REF,
    at,
    content_of,
    listed,
    open_group,
    upload,
)

CONTENT = os.urandom(BLOCK + 1)


async def two_nodes(cluster: Cluster) -> tuple[RedundantAttachments, RedundantAttachments]:
    """Two nodes, each with a local copy of the same file."""
    one, two = await cluster.open("one"), await cluster.open("two")
    await open_group(one)
    await upload(one, CONTENT)
    assert await content_of(two) == CONTENT
    await until(lambda: bool(cluster.files("two")) and not two._media.copies.damaged)
    return one, two


async def test_a_local_file_is_not_served_once_another_node_has_deleted_it(
    cluster: Cluster,
) -> None:
    one, two = await two_nodes(cluster)
    await one.attachment_delete(REF)
    assert len(cluster.files("two")) == 1

    assert await content_of(two) is None
    assert await listed(two) == {}


async def test_a_local_file_is_not_served_when_it_was_deleted_in_an_outage(
    cluster: Cluster,
) -> None:
    one, two = await two_nodes(cluster)
    cluster.database.kill()
    await one.attachment_delete(REF)

    assert await content_of(two) is None
    cluster.database.start()
    await until_well(one, two)
    assert await content_of(two) is None
    assert await content_of(one) is None
    assert cluster.rows("piece", "pieces") == []


async def test_the_files_of_the_other_node_are_swept_there(cluster: Cluster) -> None:
    one, two = await two_nodes(cluster)
    await one.attachment_delete(REF)
    for file in cluster.files("two"):
        os.utime(file, (0, 0))
    await two.attachment_gc(100)

    assert cluster.files("two") == []


@pytest.mark.parametrize("fault", ["freeze", "kill"])
async def test_a_host_that_was_away_does_not_bring_back_what_was_deleted(
    fault: str, cluster: Cluster
) -> None:
    node = await cluster.open()
    await open_group(node)
    await upload(node, CONTENT)
    host = cluster.hosts[0]
    getattr(host, fault)()
    assert await node.attachment_delete(REF)
    host.thaw() if fault == "freeze" else host.start()
    cluster.database.kill()

    assert await listed(node) == {}
    assert await content_of(node) is None
    cluster.database.start()
    await until_well(node)
    assert await listed(node) == {}


async def test_a_late_upload_does_not_revive_what_was_deleted_in_an_outage(
    cluster: Cluster,
) -> None:
    node, other = await cluster.open(), await cluster.open("two")
    await open_group(node)
    cluster.database.kill()
    await upload(node, CONTENT)
    await other.attachment_delete(REF)

    with pytest.raises(Conflict):
        await node.attachment_seal(REF, len(CONTENT), "0" * 64)
    cluster.database.start()
    await until_well(node, other)
    assert await listed(node) == {}


async def test_a_journal_that_comes_late_revives_nothing(cluster: Cluster) -> None:
    """The node that uploaded in an outage dies; others delete what it did; it starts again."""
    async with cluster.make("one") as node:
        await open_group(node)
        cluster.database.kill()
        await upload(node, CONTENT)
        await upload(node, b"stays", at("stays"))
    cluster.database.start()
    other = await cluster.open("two")
    assert await other.attachment_delete(REF)

    back = await cluster.open("one")
    await until_well(back)
    assert await listed(other) == {"stays": "stays.txt"}
    await other.attachments_cleanup(OWNER, None)
    assert await listed(back) == {}
