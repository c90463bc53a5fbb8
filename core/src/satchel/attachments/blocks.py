"""Cutting a client's stream into blocks, with the digest of the whole."""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterable

from satchel_hookspecs import BLOCK, Block, TooLarge


class Cutter:
    """Yields the blocks of a stream; ``size`` and ``sha256`` are those of all it has seen."""

    def __init__(self, chunks: AsyncIterable[bytes], first: int, limit: int) -> None:
        self.size = 0
        self._whole = hashlib.sha256()
        self._chunks = chunks
        self._first = first
        self._limit = limit

    @property
    def sha256(self) -> str:
        """The digest in hexadecimal; of the whole file only when the stream began at its start."""
        return self._whole.hexdigest()

    async def blocks(self) -> AsyncGenerator[Block, None]:
        """Yield full blocks, then a last one that may be shorter.

        When the stream breaks off, what was received is yielded before the error is raised.
        """
        waiting = bytearray()
        index = self._first
        broken: Exception | None = None
        try:
            async for chunk in self._chunks:
                self._count(len(chunk))
                waiting += chunk
                while len(waiting) >= BLOCK:
                    yield self._cut(index, waiting)
                    index += 1
        except (OSError, TimeoutError) as error:
            broken = error
        if waiting:
            yield self._cut(index, waiting)
        if broken is not None:
            raise broken

    def _count(self, length: int) -> None:
        self.size += length
        if self._first * BLOCK + self.size > self._limit:
            raise TooLarge(self._limit)

    def _cut(self, index: int, waiting: bytearray) -> Block:
        data = bytes(memoryview(waiting)[:BLOCK])
        del waiting[:BLOCK]
        self._whole.update(data)
        return Block.of(index, data)
