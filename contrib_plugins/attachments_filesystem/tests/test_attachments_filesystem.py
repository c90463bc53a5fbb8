"""What is special about files: folders that vanish, fill up, cannot be written, or hang."""

import asyncio
import errno
import logging
import os
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from satchel_attachments_filesystem import FilesystemAttachments, documents
from satchel_attachments_filesystem.folder import Folder
from satchel_hookspecs import (
    BLOCK,
    ChecksumMismatch,
    Place,
    PluginContext,
    Purpose,
    StorageFull,
    Unavailable,
)

from .conftest import REF, content_of, context, keep


async def test_everything_is_readable_by_its_user_alone(store, tmp_path):
    await keep(store, b"x")

    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_size]
    assert len(files) == 3
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert (tmp_path / "attachments").stat().st_mode & 0o777 == 0o700


async def test_bytes_are_on_their_way_while_more_come_that_nobody_waits_for(store, monkeypatch):
    begun, seen, run = [], [], store._run

    async def note(step, **how):
        begun.append(step)
        return await run(step, **how)

    async def frames():
        for number in range(9):
            seen.append(len(begun))
            yield number, b"x" * BLOCK

    monkeypatch.setattr(store, "_run", note)
    await store._write(REF.place, "a1b2", frames())

    assert seen == [1, 1, 1, 1, 2, 2, 2, 2, 3]


async def test_a_folder_has_one_name_for_all_who_see_it(tmp_path):
    folder, other = tmp_path / "one", tmp_path / "two"
    mounted = tmp_path / "mounted"
    mounted.symlink_to(folder)
    folder.mkdir()
    roots = [Folder(path) for path in (folder, mounted, folder, other)]
    for root in roots:
        root.prepare()

    first, by_mount, again, elsewhere = (root.identity() for root in roots)

    assert first == by_mount == again
    assert elsewhere not in {"", first}


def test_nodes_that_start_at_once_see_one_whole_name(tmp_path):
    def start(number):
        folder = Folder(tmp_path / str(number // 8))
        folder.prepare()
        return number // 8, folder.identity()

    with ThreadPoolExecutor(8) as threads:
        seen = set(threads.map(start, range(400)))

    assert len(seen) == 50
    assert {len(name) for _, name in seen} == {32}


def test_a_start_that_fails_before_the_folder_has_a_name_leaves_none(tmp_path, monkeypatch):
    def full_disk(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    folder = Folder(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full_disk)
        with pytest.raises(Unavailable):
            folder.prepare()

    assert list(folder.root.iterdir()) == []
    folder.prepare()
    assert len(folder.identity()) == 32


async def test_an_upload_leaves_no_temporary_files(store, tmp_path):
    await keep(store, b"x" * BLOCK * 3)

    names = sorted(path.suffix for path in (tmp_path / "attachments" / REF.owner).rglob("*.*"))
    assert names == [".group", ".piece"]


async def test_a_second_mount_point_of_the_same_folder_sees_the_same(store, tmp_path):
    await keep(store, b"hello")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.symlink_to(tmp_path, target_is_directory=True)

    other = FilesystemAttachments(FilesystemAttachments.Config(elsewhere), context())
    async with other.plugin_lifespan(context()):
        assert await content_of(other) == b"hello"


async def test_a_folder_that_cannot_be_made_is_an_error_at_start(tmp_path):
    store = FilesystemAttachments(FilesystemAttachments.Config(tmp_path / "no" / "such"), context())

    with pytest.raises(Unavailable, match="Mount it, or make it writable"):
        async with store.plugin_lifespan(context()):
            pass


async def test_a_folder_that_others_can_read_is_an_error_at_start(tmp_path):
    (tmp_path / "attachments").mkdir(mode=0o755)
    store = FilesystemAttachments(FilesystemAttachments.Config(tmp_path), context())

    with pytest.raises(Unavailable, match="chmod 700"):
        async with store.plugin_lifespan(context()):
            pass


async def test_a_share_that_went_away_is_unavailable_and_never_empty(store, tmp_path):
    await keep(store, b"hello")
    (tmp_path / "attachments").rename(tmp_path / "away")

    with pytest.raises(Unavailable):
        await store.attachment_list(REF.owner, REF.group)
    with pytest.raises(Unavailable):
        await store.attachment_usage(REF.owner)
    with pytest.raises(Unavailable):
        await keep(store, b"late", "id2")
    assert (await store.plugin_health()).state == "failed"

    (tmp_path / "away").rename(tmp_path / "attachments")
    assert await content_of(store) == b"hello"


async def test_a_start_that_may_create_nothing_waits_for_the_share(small_disk, tmp_path):
    share = tmp_path / "share"
    share.mkdir()
    mount, unmount = ["mount", "--bind", small_disk, share], ["umount", share]
    store = FilesystemAttachments(FilesystemAttachments.Config(small_disk), context())
    async with store.plugin_lifespan(context()):
        await store.attachments_touch(REF.owner, REF.group, 3600)
        await keep(store, b"hello")

    store = FilesystemAttachments(FilesystemAttachments.Config(share, create=False), context())
    with pytest.raises(Unavailable, match="Mount the share"):
        async with store.plugin_lifespan(context()):
            pass
    assert list(share.iterdir()) == []
    await asyncio.to_thread(subprocess.run, mount, check=True)
    async with store.plugin_lifespan(context()):
        assert await content_of(store) == b"hello"
        await asyncio.to_thread(subprocess.run, unmount, check=True)
        with pytest.raises(Unavailable):
            await store.attachment_list(REF.owner, REF.group)
        with pytest.raises(Unavailable):
            await keep(store, b"late", "id2")
        assert (await store.plugin_health()).state == "failed"
    assert list(share.iterdir()) == []


async def test_a_full_disk_says_so_and_keeps_what_was_there(small_disk):
    store = FilesystemAttachments(FilesystemAttachments.Config(small_disk), context())
    async with store.plugin_lifespan(context()):
        await store.attachments_touch(REF.owner, REF.group, 3600)
        await keep(store, b"hello")

        with pytest.raises(StorageFull):
            await keep(store, b"x" * 4_000_000, "id2")

        assert await content_of(store) == b"hello"
        pieces = list(small_disk.rglob("*.piece"))
        assert len(pieces) == 1


@pytest.mark.parametrize("small_disk", ["nr_inodes=20"], indirect=True)
async def test_a_disk_without_room_for_names_says_so_and_keeps_what_was_there(small_disk):
    store = FilesystemAttachments(FilesystemAttachments.Config(small_disk), context())
    async with store.plugin_lifespan(context()):
        await store.attachments_touch(REF.owner, REF.group, 3600)
        await keep(store, b"hello")
        before = sorted(small_disk.rglob("*"))
        with pytest.raises(OSError, match="No space left"):
            for number in range(20):
                (small_disk / f"ballast{number}").touch()

        with pytest.raises(StorageFull):
            await keep(store, b"x", "id2")
        with pytest.raises(StorageFull):
            await store.attachments_touch(REF.owner, "g2", 3600)

        assert await content_of(store) == b"hello"
        assert (await store.plugin_health()).state == "failed"
        for ballast in small_disk.glob("ballast*"):
            ballast.unlink()
        listed = await store.attachment_list(REF.owner, REF.group)
        assert [one.ref.id for one in listed] == ["id1"]
        left = {path for path in small_disk.rglob("*") if path not in before}
        assert [path.name for path in left if path.is_file()] == []
        await keep(store, b"x", "id2")


async def test_a_read_only_share_is_unavailable(small_disk):
    store = FilesystemAttachments(FilesystemAttachments.Config(small_disk), context())
    async with store.plugin_lifespan(context()):
        await store.attachments_touch(REF.owner, REF.group, 3600)
        await keep(store, b"hello")
        remount = ["mount", "-o", "remount,ro", small_disk]
        await asyncio.to_thread(subprocess.run, remount, check=True)

        with pytest.raises(Unavailable, match="Read-only"):
            await keep(store, b"x", "id2")
        assert await content_of(store) == b"hello"
        assert (await store.plugin_health()).state == "failed"


async def test_after_a_failed_fsync_nothing_more_is_acknowledged(store, tmp_path, monkeypatch):
    def fail(fd: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(Unavailable):
            await keep(store, b"x")

    with pytest.raises(Unavailable, match="restart"):
        await keep(store, b"x", "id2")
    with pytest.raises(Unavailable, match="restart"):
        await store.attachments_touch(REF.owner, "g2", 3600)
    assert (await store.plugin_health()).state == "failed"
    assert await store.attachment_list(REF.owner, REF.group) == ()
    assert list(tmp_path.rglob("*.piece")) == []


async def test_checks_of_a_full_disk_leave_nothing_behind(small_disk):
    store = FilesystemAttachments(FilesystemAttachments.Config(small_disk), context())
    async with store.plugin_lifespan(context()):
        (small_disk / "ballast").write_bytes(bytes(1_900_000))
        with pytest.raises(OSError, match="No space left"):
            (small_disk / "more").write_bytes(bytes(500_000))

        assert (await store.plugin_health()).state == "failed"
        assert list(small_disk.rglob("*.probe")) == []


async def test_a_share_that_hangs_costs_no_more_than_the_deadline(store, monkeypatch):
    release = threading.Event()
    monkeypatch.setattr(documents, "load", lambda folder: release.wait(20))
    began = time.monotonic()

    with pytest.raises(Unavailable, match="did not answer"):
        await store.attachment_list(REF.owner, REF.group)
    release.set()

    assert time.monotonic() - began < 10


async def test_a_deleted_file_stays_readable_for_who_has_it_open(store):
    await keep(store, bytes(8) * BLOCK)
    reader = await store.attachment_get(REF, 0, None, Purpose.SEND)
    assert reader is not None
    async with reader:
        blocks = aiter(reader)
        first = await anext(blocks)
        await store.attachment_delete(REF)
        rest = [block async for block in blocks]

    assert sum(block.size for block in (first, *rest)) == 8 * BLOCK


async def test_a_piece_that_was_wiped_is_missing_and_never_empty(store, tmp_path):
    await keep(store, b"hello")
    for path in tmp_path.rglob("*.piece"):
        path.unlink()

    with pytest.raises(ChecksumMismatch, match="missing"):
        await content_of(store)


def test_a_stale_writer_cannot_fill_a_number_that_was_left_behind(tmp_path):
    assert documents.store(tmp_path, b"1", 0)
    assert documents.store(tmp_path, b"2", 1)
    assert documents.store(tmp_path, b"3", 2)

    assert documents.store(tmp_path, b"stale", 0) is False
    assert documents.store(tmp_path, b"stale", 1) is False
    assert documents.load(tmp_path) == (b"3", 3)


def test_a_deleted_document_does_not_begin_at_one_again(tmp_path):
    assert documents.store(tmp_path, b"1", 0)
    assert documents.store(tmp_path, None, 1)

    assert documents.load(tmp_path) == (None, 2)
    assert documents.store(tmp_path, b"stale", 1) is False
    assert documents.store(tmp_path, b"stale", 0) is False


@pytest.mark.parametrize("name", ["../up", "a/b", "", "a\0b", "x" * 129])
async def test_a_place_is_never_a_path(store, name):
    with pytest.raises(ValueError, match="no name"):
        await store._load(Place(REF.owner, name))


async def test_an_ended_compose_leaves_no_folder_behind(store, tmp_path):
    await keep(store, b"x")
    store.ctx = PluginContext(
        "files", "node", lambda: time.time() + 10_000, logging.getLogger(), (), {}, None
    )

    assert (await store.attachment_gc(100)).removed == 1
    assert await store.attachments_touch(REF.owner, "g2", 3600) is False
    await store.attachment_gc(100)

    left = [path.name for path in (tmp_path / "attachments" / REF.owner).iterdir()]
    assert left == ["g2"]


async def test_writers_in_two_processes_lose_nothing(store, tmp_path):
    script = textwrap.dedent(
        """
        import asyncio, sys
        from pathlib import Path
        sys.path.insert(0, sys.argv[3])
        from conftest import FilesystemAttachments, context, keep

        async def main():
            config = FilesystemAttachments.Config(Path(sys.argv[1]))
            store = FilesystemAttachments(config, context())
            async with store.plugin_lifespan(context()):
                for number in range(20):
                    await keep(store, b"x" * 100, f"{sys.argv[2]}{number}")

        asyncio.run(main())
        """
    )
    folder = str(Path(__file__).parent)
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, str(tmp_path), name, folder
        )
        for name in ("a", "b")
    ]
    for process in processes:
        assert await process.wait() == 0

    listed = await store.attachment_list(REF.owner, REF.group)
    assert len({one.ref.id for one in listed}) == 40
    assert [one.serial for one in listed] == list(range(1, 41))


async def test_extending_and_overriding_one_primitive_is_enough(tmp_path):
    class Counting(FilesystemAttachments):
        written = 0

        async def _write(self, place, piece, frames):
            type(self).written += 1
            await super()._write(place, piece, frames)

    store = Counting(Counting.Config(tmp_path), context())
    async with store.plugin_lifespan(context()):
        await store.attachments_touch(REF.owner, REF.group, 3600)
        await keep(store, b"hello")

        assert await content_of(store) == b"hello"
    assert Counting.written == 1
