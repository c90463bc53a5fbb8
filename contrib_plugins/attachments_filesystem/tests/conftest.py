"""A store in a folder, and somebody who keeps files in it."""

import hashlib
import logging
import os
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from satchel_attachments_filesystem import FilesystemAttachments
from satchel_hookspecs import BLOCK, Block, PluginContext, Purpose, Ref, UploadRequest

REF = Ref("a" * 32, "g1", "id1")
ROOT = os.geteuid() == 0


def context() -> PluginContext:
    log = logging.getLogger()
    return PluginContext("files", "node", time.time, log, (), {}, SimpleNamespace())


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[FilesystemAttachments]:
    store = FilesystemAttachments(FilesystemAttachments.Config(tmp_path, deadline=2), context())
    async with store.plugin_lifespan(context()):
        await store.attachments_touch(REF.owner, REF.group, 3600)
        yield store


@pytest.fixture
def small_disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    if not ROOT:
        pytest.skip("only root can mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    options = f"{getattr(request, 'param', 'size=2m')},mode=0700"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", disk], check=True)
    yield disk
    subprocess.run(["umount", disk], check=True)


async def keep(store: FilesystemAttachments, content: bytes, id: str = "id1") -> None:
    async def blocks() -> AsyncIterator[Block]:
        for at in range(0, len(content), BLOCK):
            yield Block.of(at // BLOCK, content[at : at + BLOCK])

    ref = Ref(REF.owner, REF.group, id)
    await store.attachment_upload(UploadRequest(ref, "a", "x/y", len(content)), 0, blocks())
    await store.attachment_seal(ref, len(content), hashlib.sha256(content).hexdigest())


async def content_of(store: FilesystemAttachments) -> bytes:
    reader = await store.attachment_get(REF, 0, None, Purpose.SEND)
    assert reader is not None
    async with reader:
        return b"".join([block.data async for block in reader])
