"""The blocks of one upload, cut into pieces that are short enough to be checkpoints."""

import time
from collections.abc import AsyncGenerator, AsyncIterator

from satchel_hookspecs.blocks import BLOCK, Block, to_parts
from satchel_hookspecs.errors import Conflict
from satchel_hookspecs.frame_stream import FrameStream, NumberedParts

PIECE_BLOCKS = 64
PIECE_SECONDS = 60.0


class Incoming:
    """Reads ahead by one block, so that no piece is begun in vain.

    When the source breaks off, the running piece ends there as if it were full; the error is kept
    in ``broken`` until the piece is committed.
    """

    def __init__(self, start: int, blocks: AsyncIterator[Block]) -> None:
        self.broken: BaseException | None = None
        self.next = start
        self._blocks = blocks
        self._ahead: Block | None = None
        self._short = False

    async def more(self) -> bool:
        """Whether there is another block; waits for it."""
        if self._ahead is None and self.broken is None:
            try:
                self._ahead = await anext(self._blocks, None)
            except BaseException as error:  # noqa: BLE001  raised again after the commit
                self.broken = error
        return self._ahead is not None

    def piece(self, name: str, taken: list[Block]) -> FrameStream:
        """The index and frame of each block of the next piece; sizes go into ``taken``."""
        return FrameStream(self._frames(name, taken))

    async def _frames(self, name: str, taken: list[Block]) -> AsyncGenerator[NumberedParts, None]:
        began = time.monotonic()
        while len(taken) < PIECE_BLOCKS and await self.more():
            block, self._ahead = self._expected(), None
            taken.append(_without_data(block))
            yield block.index, to_parts(name, block)
            if time.monotonic() - began > PIECE_SECONDS:
                return

    def _expected(self) -> Block:
        block = self._ahead
        if block is None or block.index != self.next or self._short or block.size > BLOCK:
            raise Conflict(None, f"Block {self.next} was expected.")
        self.next += 1
        self._short = block.size < BLOCK
        return block


def _without_data(block: Block) -> Block:
    return Block(block.index, b"", block.size, block.digest, block.check)
