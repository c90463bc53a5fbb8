"""The reader: blocks of one attachment, closed when it is left, early or not."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from types import TracebackType
from typing import TYPE_CHECKING

from satchel_hookspecs.blocks import Block

if TYPE_CHECKING:
    from satchel_hookspecs.attachments import Attachment

Blocks = AsyncGenerator[Block, None]
Outgoing = Callable[["Attachment", AsyncIterator[Block]], Blocks]


class AttachmentReader:
    """Blocks ``first`` to ``stop`` (not included) of an attachment, read once, in order.

    Use it with ``async with``; iterate over it inside.
    """

    def __init__(self, attachment: "Attachment", first: int, stop: int, blocks: Blocks) -> None:
        self.attachment = attachment
        self.first = first
        self.stop = stop
        self._blocks = blocks

    async def __aenter__(self) -> "AttachmentReader":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._blocks.aclose()

    def __aiter__(self) -> Blocks:
        return self._blocks

    def through(self, outgoing: Outgoing) -> "AttachmentReader":
        """A reader of the same blocks, each changed by ``outgoing``; closing it closes both."""
        blocks = _closing_both(outgoing(self.attachment, self._blocks), self._blocks)
        return AttachmentReader(self.attachment, self.first, self.stop, blocks)


async def _closing_both(outer: Blocks, inner: Blocks) -> Blocks:
    async with aclosing(inner), aclosing(outer):
        async for block in outer:
            yield block
