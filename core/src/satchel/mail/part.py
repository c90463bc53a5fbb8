"""A file attached to an outgoing message."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass

from satchel.mail import base64_lines
from satchel.mail.errors import PartLengthDiffers


@dataclass(frozen=True, slots=True)
class Part:
    """A file to attach: `open()` gives its `size` bytes, from the start, as often as asked."""

    filename: str
    content_type: str
    size: int
    open: Callable[[], AbstractAsyncContextManager[AsyncIterator[bytes]]]

    def encoded_size(self) -> int:
        """Return how many bytes `encode` gives."""
        return base64_lines.encoded_size(self.size)

    async def encode(self) -> AsyncGenerator[bytes, None]:
        """Yield the file as lines of base64; `PartLengthDiffers` if it is not `size` bytes."""
        async with (
            self.open() as blocks,
            aclosing(self._measured(blocks)) as measured,
            aclosing(base64_lines.encode_stream(measured)) as encoded,
        ):
            async for lines in encoded:
                yield lines

    async def _measured(self, blocks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        found = 0
        async for block in blocks:
            found += len(block)
            if found > self.size:
                break
            yield block
        if found != self.size:
            raise PartLengthDiffers(self.filename, self.size, found)
