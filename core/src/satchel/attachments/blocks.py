"""Cutting a client's stream into blocks, with the digest of the whole."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing

from satchel_hookspecs import BLOCK, Block, TooLarge


class Cutter:
    """Yields the blocks of a stream; ``size`` and ``sha256`` are those of all it has seen."""

    def __init__(self, chunks: AsyncIterable[bytes], first: int, limit: int) -> None:
        self.size = 0
        self._whole = hashlib.sha256()
        self._chunks = chunks
        self._first = first
        self._limit = limit
        self._broken: Exception | None = None

    @property
    def sha256(self) -> str:
        """The digest in hexadecimal; of the whole file only when the stream began at its start."""
        return self._whole.hexdigest()

    async def blocks(self) -> AsyncGenerator[Block, None]:
        """Yield full blocks, then a last one that may be shorter.

        When the stream breaks off, what was received is yielded before the error is raised. A
        thread takes the digests of one block while the next one is being received.
        """
        loop, index = asyncio.get_running_loop(), self._first
        digesting: asyncio.Future[Block] | None = None
        async with aclosing(self._cuts()) as cuts:
            async for data in cuts:
                done = await digesting if digesting else None
                digesting = loop.run_in_executor(None, self._block, index, data)
                index += 1
                if done:
                    yield done
        if digesting:
            yield await digesting
        if self._broken is not None:
            raise self._broken

    async def _cuts(self) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of each block; an error of the stream is kept for later."""
        waiting = bytearray()
        try:
            async for chunk in self._chunks:
                self._count(len(chunk))
                waiting += chunk
                while len(waiting) >= BLOCK:
                    yield _cut(waiting)
        except (OSError, TimeoutError) as error:
            self._broken = error
        if waiting:
            yield _cut(waiting)

    def _count(self, length: int) -> None:
        self.size += length
        if self._first * BLOCK + self.size > self._limit:
            raise TooLarge(self._limit)

    def _block(self, index: int, data: bytes) -> Block:
        self._whole.update(data)
        return Block.of(index, data)


def _cut(waiting: bytearray) -> bytes:
    data = bytes(memoryview(waiting)[:BLOCK])
    del waiting[:BLOCK]
    return data
