"""Frames of a new piece: joined, or in parts without a copy."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing

from satchel_hookspecs import BLOCK, Block
from satchel_hookspecs.blocks import to_frame
from satchel_hookspecs.frame_stream import in_parts
from satchel_hookspecs.incoming import Incoming

BLOCKS = [Block.of(4, b"1" * BLOCK), Block.of(5, b"2" * BLOCK), Block.of(6, b"3")]
FRAMES = [(block.index, to_frame("p", block)) for block in BLOCKS]


async def pour(things: Sequence[Block]) -> AsyncIterator[Block]:
    for thing in things:
        yield thing


async def test_whoever_iterates_gets_whole_frames() -> None:
    async with aclosing(Incoming(4, pour(BLOCKS)).piece("p", [])) as frames:
        assert [numbered async for numbered in frames] == FRAMES


async def test_the_parts_of_an_upload_are_the_bytes_that_came_in() -> None:
    async with aclosing(Incoming(4, pour(BLOCKS)).piece("p", [])) as frames:
        taken = [numbered async for numbered in in_parts(frames)]

    assert [(number, b"".join(parts)) for number, parts in taken] == FRAMES
    assert all(parts[-1] is block.data for (_, parts), block in zip(taken, BLOCKS, strict=True))


async def test_frames_of_any_other_source_are_their_own_only_part() -> None:
    async def source() -> AsyncIterator[tuple[int, bytes]]:
        for numbered in FRAMES:
            yield numbered

    taken = [numbered async for numbered in in_parts(source())]
    assert taken == [(number, (frame,)) for number, frame in FRAMES]


async def test_an_end_reaches_the_source() -> None:
    incoming = Incoming(4, pour(BLOCKS))
    async with aclosing(incoming.piece("p", [])) as frames:
        await anext(frames)

    assert [numbered async for numbered in frames] == []
    assert incoming.next == BLOCKS[1].index
