"""A disk that is full, cannot be written, loses a write or gives back something else."""

import errno
import os
import stat
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from satchel_attachments_redundant import RedundantAttachments
from satchel_hookspecs import BLOCK, Place, StorageFull, Unavailable
from tests.redundant.conftest import Cluster, until, until_well
from tests.redundant.node import GROUP, OWNER, REF, at, content_of, listed, open_group, upload
from tests.servers.mounts import make_read_only, make_writable, mounted

EARLIER = os.urandom(BLOCK + 7)
LARGE = os.urandom(9 * BLOCK + 1)
SIZES = {"no_bytes": "size=1m", "no_inodes": "nr_inodes=24"}


@pytest.fixture
def disk(cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A small file system, which is the disk of node one."""
    option = getattr(request, "param", "size=8m")
    with mounted("-t", "tmpfs", "-o", f"mode=0700,{option}", "tmpfs", at=cluster.disk()) as disk:
        yield disk


@pytest.fixture
async def node(cluster: Cluster, disk: Path) -> AsyncIterator[RedundantAttachments]:
    """A node on that disk, with a file from before."""
    async with cluster.make() as node:
        await open_group(node)
        await upload(node, EARLIER)
        yield node


def use_up(disk: Path) -> None:
    """Leave neither a byte nor a name on it."""
    with pytest.raises(OSError, match="No space left"):
        for number in range(10_000):
            (disk / f"ballast{number}").write_bytes(bytes(100_000))


async def refused(node: RedundantAttachments, error: type[Exception]) -> None:
    """See an upload fail, and nothing of it be offered to a send."""
    with pytest.raises(error):
        await upload(node, LARGE, at("refused"))
    assert await listed(node) == {"id1": "id1.txt"}


@pytest.mark.parametrize("disk", SIZES.values(), ids=SIZES.keys(), indirect=True)
@pytest.mark.parametrize("state", ["database_up", "database_down"])
async def test_on_a_full_disk_an_upload_is_refused_and_earlier_files_stay(
    state: str, cluster: Cluster, disk: Path, node: RedundantAttachments
) -> None:
    if state == "database_down":
        cluster.database.kill()
    use_up(disk)

    await refused(node, StorageFull)
    assert await content_of(node) == EARLIER
    assert len(cluster.files()) == 1


async def test_when_there_is_room_again_the_upload_is_repeated(
    cluster: Cluster, disk: Path, node: RedundantAttachments
) -> None:
    other = await cluster.open("two")
    use_up(disk)
    await refused(node, StorageFull)
    for ballast in disk.glob("ballast*"):
        ballast.unlink()

    await upload(node, LARGE, at("refused"))
    assert await content_of(other, at("refused")) == LARGE


async def test_on_a_full_disk_a_file_is_deleted_and_renamed(
    cluster: Cluster, disk: Path, node: RedundantAttachments
) -> None:
    await upload(node, b"second", at("second"))
    use_up(disk)
    await node.attachment_rename(at("second"), "renamed.txt")
    assert await node.attachment_delete(REF)

    assert await listed(node) == {"second": "renamed.txt"}
    assert await content_of(node, at("second")) == b"second"


async def test_checks_of_a_full_disk_leave_nothing_behind(
    cluster: Cluster, disk: Path, node: RedundantAttachments
) -> None:
    use_up(disk)
    before = sorted(path for path in disk.rglob("*") if not path.name.startswith("ballast"))
    health = await node.plugin_health()
    cluster.database.kill()
    for number in range(3):
        await node.plugin_health()
        with pytest.raises(StorageFull):
            await node.attachment_rename(REF, f"{number}.txt")

    assert health.state == "failed"
    after = sorted(path for path in disk.rglob("*") if not path.name.startswith("ballast"))
    assert after == before


async def test_a_disk_that_cannot_be_written_refuses_uploads_and_serves_the_rest(
    cluster: Cluster, disk: Path, node: RedundantAttachments
) -> None:
    make_read_only(disk)

    await refused(node, Unavailable)
    assert await content_of(node) == EARLIER
    assert (await node.plugin_health()).state == "failed"
    make_writable(disk)
    await upload(node, LARGE, at("late"))
    assert (await node.plugin_health()).state == "ok"


async def test_a_disk_that_has_vanished_refuses_uploads_and_the_database_serves(
    cluster: Cluster, disk: Path, node: RedundantAttachments
) -> None:
    (disk / "attachments").rename(disk / "away")

    await refused(node, Unavailable)
    assert await content_of(node) == EARLIER
    assert (await node.plugin_health()).state == "failed"
    assert not (disk / "attachments").exists()


async def test_after_a_lost_write_nothing_more_is_acknowledged_until_a_restart(
    cluster: Cluster, node: RedundantAttachments, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_the_next_write(monkeypatch)

    await refused(node, Unavailable)
    await refused(node, Unavailable)
    assert len(cluster.rows("piece", "pieces")) == 1
    assert (await node.plugin_health()).state == "failed"
    assert await content_of(node) == EARLIER


@pytest.mark.parametrize("lost", [stat.S_ISREG, stat.S_ISDIR], ids=["record", "folder"])
async def test_after_a_lost_write_of_the_journal_no_change_is_acknowledged(
    lost: Callable[[int], bool],
    cluster: Cluster,
    node: RedundantAttachments,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cluster.database.kill()
    lose_the_next_write(monkeypatch, lost)

    for name in ("first", "second"):
        with pytest.raises(Unavailable):
            await node.attachment_rename(REF, name)
    assert (await node.plugin_health()).state == "failed"


def lose_the_next_write(
    monkeypatch: pytest.MonkeyPatch, lost: Callable[[int], bool] = bool
) -> None:
    """Let the next `fsync` of such a file fail, and those after it say that all is well."""
    told = list[int]()

    def fsync(file: int) -> None:
        if not told and lost(os.fstat(file).st_mode):
            told.append(file)
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fsync)


async def test_a_file_that_cannot_be_read_is_served_from_the_database(
    cluster: Cluster, node: RedundantAttachments, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_reads(monkeypatch)

    assert await content_of(node) == EARLIER


async def test_a_file_that_cannot_be_read_keeps_no_other_from_its_turn(
    cluster: Cluster, node: RedundantAttachments, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        fail_reads(patch)
        assert await content_of(node) == EARLIER
        await node._recovery.once()
        report = await node.attachment_gc(100)
    await until_well(node)

    assert report.removed == 0
    assert (Place(OWNER, GROUP), cluster.files()[0].stem) not in node._media.copies.damaged


async def test_a_damaged_file_on_a_disk_that_cannot_be_written_stops_no_sweep(
    cluster: Cluster, disk: Path, node: RedundantAttachments
) -> None:
    [file] = cluster.files()
    right = file.read_bytes()
    file.write_bytes(right[:5000] + bytes([right[5000] ^ 1]) + right[5001:])
    make_read_only(disk)

    assert await content_of(node) == EARLIER
    await node._recovery.once()
    make_writable(disk)
    assert await content_of(node) == EARLIER
    await until(lambda: file.read_bytes() == right)


def fail_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every read of a file fail, as on a bad sector."""

    def pread(file: int, length: int, offset: int) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "pread", pread)
