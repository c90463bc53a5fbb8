"""The frames of a new piece: joined for whoever wants bytes, in parts for whoever writes parts."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence

Parts = Sequence[bytes]
Numbered = tuple[int, bytes]
NumberedParts = tuple[int, Parts]


class FrameStream(AsyncIterator[Numbered]):
    """Indexes and frames, as a store gets them to write; ``in_parts`` spares it the joining."""

    def __init__(self, parts: AsyncGenerator[NumberedParts, None]) -> None:
        self.parts = parts

    async def __anext__(self) -> Numbered:
        number, parts = await anext(self.parts)
        return number, b"".join(parts)

    async def aclose(self) -> None:
        """End it, wherever it is."""
        await self.parts.aclose()


def in_parts(frames: AsyncIterator[Numbered]) -> AsyncIterator[NumberedParts]:
    """The same frames, each as parts that follow one another: no byte of the client's is copied."""
    return frames.parts if isinstance(frames, FrameStream) else _whole(frames)


async def _whole(frames: AsyncIterator[Numbered]) -> AsyncGenerator[NumberedParts, None]:
    async for number, frame in frames:
        yield number, (frame,)
