"""Cutting a client's stream into blocks, with the digest of the whole."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterable, Sequence
from contextlib import aclosing
from io import BytesIO

from satchel_hookspecs import BLOCK, Block, TooLarge

TOGETHER = 4


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

        When the stream breaks off, what was received is yielded before the error is raised. Threads
        take the digests of some blocks while the next ones are being received.
        """
        index, received = self._first, list[bytes]()
        digesting = self._digest(index, [])
        async with aclosing(self._cuts()) as cuts:
            async for data in cuts:
                received.append(data)
                if len(received) < TOGETHER and not digesting.done():
                    continue
                done, _ = await digesting
                digesting = self._digest(index, received)
                index, received = index + len(received), []
                for block in done:
                    yield block
        for block in (await digesting)[0]:
            yield block
        for block in (await self._digest(index, received))[0]:
            yield block
        if self._broken is not None:
            raise self._broken

    def _digest(
        self, index: int, received: Sequence[bytes]
    ) -> asyncio.Future[tuple[Sequence[Block], None]]:
        """Take each block's digest in one thread and, beside it, go on with the whole's."""
        loop = asyncio.get_running_loop()
        return asyncio.gather(
            loop.run_in_executor(None, _blocks, index, received),
            loop.run_in_executor(None, self._go_on, received),
        )

    def _go_on(self, received: Sequence[bytes]) -> None:
        for data in received:
            self._whole.update(data)

    async def _cuts(self) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of each block; an error of the stream is kept for later."""
        waiting = BytesIO()
        try:
            async for chunk in self._chunks:
                self._count(len(chunk))
                rest = memoryview(chunk)
                while rest:
                    rest = rest[waiting.write(rest[: BLOCK - waiting.tell()]) :]
                    if waiting.tell() == BLOCK:
                        full, waiting = waiting, BytesIO()
                        yield full.getvalue()
        except (OSError, TimeoutError) as error:
            self._broken = error
        if waiting.tell():
            yield waiting.getvalue()

    def _count(self, length: int) -> None:
        self.size += length
        if self._first * BLOCK + self.size > self._limit:
            raise TooLarge(self._limit)


def _blocks(index: int, received: Sequence[bytes]) -> Sequence[Block]:
    return [Block.of(index + number, data) for number, data in enumerate(received)]
