"""A file of 25 MB in each database, against the driver writing and reading the same rows."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from statistics import median

from satchel_hookspecs import BLOCK, AttachmentStore, Block, Purpose, Ref, UploadRequest
from tests.bench import Measurement, bare_frames
from tests.bench.databases import KINDS, open_attachments, open_dsn

COUNT, ROUNDS = 100, 11
TARGET = 1 / 0.7
OWNER, GROUP = "a" * 32, "g1"

Work = Callable[[str], Awaitable[None]]


def measure() -> Iterator[Measurement]:
    """Store and load, in turns with the bare driver."""
    for kind in KINDS:
        with open_dsn(kind) as dsn:
            yield from asyncio.run(compare(kind, dsn))


async def compare(kind: str, dsn: str) -> list[Measurement]:
    """Both works; every round has a file of its own."""
    blocks = [Block.of(index, os.urandom(BLOCK)) for index in range(COUNT)]
    bytes_of = [block.data for block in blocks]
    async with open_attachments(dsn) as ours, bare_frames.open_frames(dsn) as bare:
        await ours.attachments_touch(OWNER, GROUP, 86400)
        # Each loads what it has just stored, which the server has in its memory still.
        ways: Sequence[Work] = (
            lambda name: store(ours, name, blocks),
            lambda name: load(ours, name),
            lambda name: bare_frames.store(bare, name, bytes_of),
            lambda name: bare_frames.load(bare, name, [block.digest for block in blocks]),
        )
        # The first of all opens connections and makes files grow, and is not counted.
        names = [f"f{number}" for number in range(ROUNDS + 1)]
        took = [[await seconds(way, name) for way in ways] for name in names][1:]
    middle = [median(column) for column in zip(*took, strict=True)]
    return [
        Measurement(f"{kind}: {work} 25 MB", mine, "the bare driver", theirs, TARGET)
        for work, mine, theirs in zip(("store", "load"), middle[:2], middle[2:], strict=True)
    ]


async def store(ours: AttachmentStore, name: str, blocks: Sequence[Block]) -> None:
    """Upload and seal; the digests of the host are made already."""

    async def each() -> AsyncIterator[Block]:
        for block in blocks:
            yield block

    ref = Ref(OWNER, GROUP, name)
    await ours.attachment_upload(UploadRequest(ref, name, "x/y", COUNT * BLOCK), 0, each())
    await ours.attachment_seal(ref, COUNT * BLOCK, "0" * 64)


async def load(ours: AttachmentStore, name: str) -> None:
    """Read it as a send does."""
    reader = await ours.attachment_get(Ref(OWNER, GROUP, name), 0, None, Purpose.SEND)
    assert reader is not None
    async with reader:
        assert sum([block.size async for block in reader]) == COUNT * BLOCK


async def seconds(way: Work, name: str) -> float:
    """How long it takes."""
    began = time.perf_counter()
    await way(name)
    return time.perf_counter() - began
