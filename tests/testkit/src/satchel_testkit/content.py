"""Bytes for attachments, and the ways in which they may arrive."""

import asyncio
import hashlib
from array import array
from collections.abc import AsyncIterator, Iterable
from functools import lru_cache

from satchel_hookspecs import BLOCK, Block


@lru_cache(maxsize=16)
def some_bytes(size: int) -> bytes:
    """Bytes in which every block differs from every other."""
    return array("Q", range(-(-size // 8))).tobytes()[:size]


def digest(content: bytes) -> str:
    """What the content is sealed with."""
    return hashlib.sha256(content).hexdigest()


@lru_cache(maxsize=64)
def cut(content: bytes, start: int = 0) -> tuple[Block, ...]:
    """The blocks of ``content`` from index ``start`` on."""
    offsets = range(start * BLOCK, len(content), BLOCK)
    return tuple(Block.of(at // BLOCK, content[at : at + BLOCK]) for at in offsets)


async def stream(blocks: Iterable[Block], end: BaseException | None = None) -> AsyncIterator[Block]:
    """The blocks, each after a pause; then break off with ``end`` if there is one."""
    for block in blocks:
        await asyncio.sleep(0)
        yield block
    if end is not None:
        raise end


async def held(
    blocks: Iterable[Block], began: asyncio.Event, resume: asyncio.Event
) -> AsyncIterator[Block]:
    """The first block at once, the others when ``resume`` is set."""
    for number, block in enumerate(blocks):
        if number == 1:
            began.set()
            await resume.wait()
        yield block
    if not began.is_set():
        began.set()
        await resume.wait()
