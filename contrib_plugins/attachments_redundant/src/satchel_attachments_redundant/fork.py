"""A fork: one source of frames for two copies that are written at the same time."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from satchel_hookspecs.frame_stream import FrameStream, Numbered, NumberedParts, in_parts

AHEAD = 4


class Fork:
    """The first reader sets the pace; the second gets each frame, at most ``AHEAD`` late.

    A second one that has left, as its medium failed, keeps the first from nothing.
    """

    def __init__(self, frames: AsyncIterator[Numbered]) -> None:
        self.start = 0
        self.stop = 0
        self._frames = in_parts(frames)
        self._queue = asyncio.Queue[NumberedParts | None](AHEAD)
        self._left = asyncio.Event()

    def first(self) -> FrameStream:
        """Every frame, as it comes from the source."""
        return FrameStream(self._first())

    def second(self) -> FrameStream:
        """The same frames once more."""
        return FrameStream(self._second())

    async def _first(self) -> AsyncGenerator[NumberedParts, None]:
        async for numbered in self._frames:
            number, _ = numbered
            if not self.stop:
                self.start = number
            self.stop = number + 1
            await self._hand(numbered)
            yield numbered
        await self._hand(None)

    async def _second(self) -> AsyncGenerator[NumberedParts, None]:
        while (numbered := await self._queue.get()) is not None:
            yield numbered

    def leave(self, _second: object = None) -> None:
        """Say that nobody reads the second one any more."""
        self._left.set()

    async def _hand(self, numbered: NumberedParts | None) -> None:
        if self._left.is_set():
            return
        if not self._queue.full():
            self._queue.put_nowait(numbered)
            return
        putting = asyncio.ensure_future(self._queue.put(numbered))
        leaving = asyncio.ensure_future(self._left.wait())
        try:
            await asyncio.wait({putting, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            putting.cancel()
            leaving.cancel()
