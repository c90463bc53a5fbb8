"""The end of a stream of blocks: which of them is the last one of the file."""

from collections.abc import AsyncGenerator, AsyncIterator

from satchel_hookspecs import BLOCK, Block

Marked = AsyncGenerator[tuple[Block, bool], None]


def marked(blocks: AsyncIterator[Block], size: int | None) -> Marked:
    """Yield each block, and whether it is the last of a file of ``size`` bytes.

    Without a size the last is the one after which the stream ends; where it breaks off, none is.
    """
    return _until_it_ends(blocks) if size is None else _by_size(blocks, size)


def is_end(index: int, size: int) -> bool:
    """Whether a file of ``size`` bytes ends in the block ``index``."""
    return index * BLOCK < size <= (index + 1) * BLOCK


async def _by_size(blocks: AsyncIterator[Block], size: int) -> Marked:
    async for block in blocks:
        yield block, is_end(block.index, size)


async def _until_it_ends(blocks: AsyncIterator[Block]) -> Marked:
    ahead = await anext(blocks, None)
    while ahead is not None:
        try:
            following = await anext(blocks, None)
        except Exception:
            yield ahead, False
            raise
        yield ahead, following is None
        ahead = following
