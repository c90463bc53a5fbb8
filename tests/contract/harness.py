"""How a test makes stores, and calls them as the host does: through the relay."""

import logging
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

from satchel.plugins.registry import PluginManager
from satchel.plugins.relay import Hooks, compile_hooks
from satchel_hookspecs import (
    BLOCK,
    AttachmentSpecs,
    Block,
    PluginContext,
    PluginSpecs,
    Purpose,
    Ref,
    SessionSpecs,
    UploadRequest,
)

OWNER, GROUP = "a" * 32, "g1"


class Clock:
    """The wall clock, moved by hand."""

    def __init__(self) -> None:
        self.moved = 0.0

    def __call__(self) -> float:
        return time.time() + self.moved


def context(clock: Clock, plugins: dict[str, object] | None = None) -> PluginContext:
    """What a host would hand to a plugin."""
    keys = (b"k" * 32,)
    return PluginContext("it", "node", clock, logging.getLogger(), keys, plugins or {}, Hooks())


def hooks_around(store: object, wrappers: Sequence[object] = ()) -> Any:
    """The hooks of a store, called through the relay with wrappers around it, outermost first."""
    manager = PluginManager()
    for specs in (SessionSpecs, AttachmentSpecs, PluginSpecs):
        manager.add_hookspecs(specs)
    manager.register(store, "store")
    names = [str(manager.register(wrapper)) for wrapper in wrappers]
    assert manager.problems() == []
    return compile_hooks(manager, {AttachmentSpecs: names, SessionSpecs: names})


def ref(id: str = "id1", group: str = GROUP, owner: str = OWNER) -> Ref:
    return Ref(owner, group, id)


def request(at: Ref, size: int | None = None, position: int = 0) -> UploadRequest:
    return UploadRequest(at, "report.pdf", "application/pdf", size, position=position)


def some_bytes(size: int) -> bytes:
    """Bytes in which every block differs from every other."""
    return b"".join(index.to_bytes(8, "big") for index in range(-(-size // 8)))[:size]


def cut(content: bytes, start: int = 0) -> list[Block]:
    """The blocks of ``content`` from index ``start`` on."""
    offsets = range(start * BLOCK, len(content), BLOCK)
    return [Block.of(at // BLOCK, content[at : at + BLOCK]) for at in offsets]


async def stream(blocks: Iterable[Block]) -> AsyncIterator[Block]:
    for block in blocks:
        yield block


async def broken_after(blocks: Iterable[Block], error: BaseException) -> AsyncIterator[Block]:
    for block in blocks:
        yield block
    raise error


async def read(
    hooks: Any,
    at: Ref,
    first: int = 0,
    last: int | None = None,
    purpose: Purpose = Purpose.SEND,
) -> bytes | None:
    """The client's bytes of the asked blocks, each verified as the host does."""
    reader = await hooks.attachment_get(ref=at, first=first, last=last, purpose=purpose)
    if reader is None:
        return None
    async with reader:
        return b"".join([block.verified().data async for block in reader])
