"""A fork: one source of frames for two copies that are written at the same time."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

Numbered = tuple[int, bytes]
AHEAD = 4


class Fork:
    """The first reader sets the pace; the second gets each frame, at most ``AHEAD`` late.

    A second one that has left, as its medium failed, keeps the first from nothing.
    """

    def __init__(self, frames: AsyncIterator[Numbered]) -> None:
        self.start = 0
        self.stop = 0
        self._frames = frames
        self._queue = asyncio.Queue[Numbered | None](AHEAD)
        self._left = asyncio.Event()

    async def first(self) -> AsyncGenerator[Numbered, None]:
        """Every frame, as it comes from the source."""
        async for number, frame in self._frames:
            if not self.stop:
                self.start = number
            self.stop = number + 1
            await self._hand((number, frame))
            yield number, frame
        await self._hand(None)

    async def second(self) -> AsyncGenerator[Numbered, None]:
        """The same frames once more."""
        while (numbered := await self._queue.get()) is not None:
            yield numbered

    def leave(self, _second: object = None) -> None:
        """Say that nobody reads the second one any more."""
        self._left.set()

    async def _hand(self, numbered: Numbered | None) -> None:
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
