"""Two copies of every piece; one that is missing or wrong is put right and never served."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from satchel_attachments_redundant import RedundantAttachments
from satchel_hookspecs import BLOCK, ChecksumMismatch
from tests.redundant.conftest import Cluster, until
from tests.redundant.node import REF, at, content_of, open_group, upload

CONTENT = os.urandom(2 * BLOCK + 1000)

Damage = Callable[[Path], object]
DAMAGES: dict[str, Damage] = {
    "missing": Path.unlink,
    "cut_short": lambda path: os.truncate(path, path.stat().st_size // 2),
    "emptied": lambda path: os.truncate(path, 0),
    "a_bit_changed": lambda path: path.write_bytes(flip(path.read_bytes())),
}
ROW_DAMAGES = {
    "missing": "DELETE FROM {frames} WHERE number = 1",
    "all_missing": "DELETE FROM {frames}",
    "cut_short": "UPDATE {frames} SET data = substring(data FOR 500) WHERE number = 1",
    "a_bit_changed": "UPDATE {frames} SET data = set_bit(data, 900, 1 - get_bit(data, 900))",
}


def flip(raw: bytes) -> bytes:
    return raw[:5000] + bytes([raw[5000] ^ 1]) + raw[5001:]


def frames_in(file: Path) -> list[bytes]:
    """The frames of a piece, as the tests know their lengths."""
    raw, head = file.read_bytes(), 92
    lengths = [head + BLOCK, head + BLOCK, head + 1000]
    starts = [sum(lengths[:number]) for number in range(3)]
    return [raw[start : start + each] for start, each in zip(starts, lengths, strict=True)]


def digests_in(cluster: Cluster) -> list[str]:
    return cluster.rows("number || ':' || encode(sha256(data), 'hex')")


async def kept(cluster: Cluster, name: str = "one") -> RedundantAttachments:
    node = await cluster.open(name)
    await open_group(node)
    await upload(node, CONTENT)
    return node


async def test_after_an_upload_both_copies_are_there_and_equal(cluster: Cluster) -> None:
    await kept(cluster)

    [file] = cluster.files()
    of_file = [hashlib.sha256(frame).hexdigest() for frame in frames_in(file)]
    assert [f"{number}:{digest}" for number, digest in enumerate(of_file)] == digests_in(cluster)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
async def test_a_local_copy_that_is_wrong_is_not_served_and_is_repaired(
    damage: Damage, cluster: Cluster
) -> None:
    node = await kept(cluster)
    [file] = cluster.files()
    right = file.read_bytes()
    damage(file)

    assert await content_of(node) == CONTENT
    await until(lambda: file.exists() and file.read_bytes() == right)
    assert cluster.files() == [file]


@pytest.mark.parametrize("damage", ROW_DAMAGES.values(), ids=ROW_DAMAGES.keys())
async def test_rows_that_are_wrong_are_not_served_and_are_repaired(
    damage: str, cluster: Cluster
) -> None:
    node = await kept(cluster)
    right = digests_in(cluster)
    cluster.change_rows(damage)
    assert digests_in(cluster) != right

    assert await content_of(node) == CONTENT
    cluster.change_rows("UPDATE {pieces} SET due = 0")
    await node.attachment_gc(100)
    assert digests_in(cluster) == right


async def test_a_piece_whose_row_is_gone_is_brought_back(cluster: Cluster) -> None:
    node = await kept(cluster)
    right = digests_in(cluster)
    cluster.change_rows("DELETE FROM {pieces}")
    assert digests_in(cluster) == []

    await node.attachment_gc(100)
    assert digests_in(cluster) == right


async def test_of_two_copies_with_different_damages_all_is_read_and_repaired(
    cluster: Cluster,
) -> None:
    node = await kept(cluster)
    [file] = cluster.files()
    right, rows = file.read_bytes(), digests_in(cluster)
    file.write_bytes(flip(right))
    cluster.change_rows("UPDATE {frames} SET data = 'x' WHERE number = 2")

    assert await content_of(node) == CONTENT
    await until(lambda: file.read_bytes() == right and digests_in(cluster) == rows)


async def test_what_is_wrong_in_both_copies_is_refused(cluster: Cluster) -> None:
    node = await kept(cluster)
    [file] = cluster.files()
    file.unlink()
    cluster.change_rows("UPDATE {frames} SET data = 'x' WHERE number = 2")

    with pytest.raises(ChecksumMismatch):
        await content_of(node)


async def test_another_node_with_a_disk_of_its_own_reads_the_database(cluster: Cluster) -> None:
    await kept(cluster)
    other = await cluster.open("two")

    assert await content_of(other) == CONTENT


async def test_an_empty_file_is_kept_and_read(cluster: Cluster) -> None:
    node, other = await kept(cluster), await cluster.open("two")
    await upload(node, b"", at("empty"))

    assert await content_of(node, at("empty")) == b""
    assert await content_of(other, at("empty")) == b""


async def test_deleting_reaches_both_copies(cluster: Cluster) -> None:
    node = await kept(cluster)
    assert await node.attachment_delete(REF)

    assert cluster.files() == []
    assert cluster.rows("number") == []


async def test_nodes_may_have_folders_of_their_own(cluster: Cluster) -> None:
    node = await cluster.open()

    assert cluster.disk().is_dir()
    assert node.medium() is None
