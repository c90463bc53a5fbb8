"""Reading an attachment's bytes back, each block verified before it is passed on."""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

from satchel_hookspecs import (
    BLOCK,
    Attachment,
    AttachmentReader,
    AttachmentSpecs,
    Block,
    ChecksumMismatch,
    Purpose,
    Ref,
)


class OpenAttachment:
    """An attachment that is open for reading: bytes ``start`` to ``stop`` (not included)."""

    def __init__(
        self, attachment: Attachment, start: int, stop: int, chunks: AsyncIterator[bytes]
    ) -> None:
        self.attachment = attachment
        self.start = start
        self.stop = stop
        self._chunks = chunks

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._chunks


@asynccontextmanager
async def opened(
    hooks: AttachmentSpecs, ref: Ref, start: int, stop: int | None, purpose: Purpose
) -> AsyncGenerator[OpenAttachment | None, None]:
    """Open bytes ``start`` to ``stop`` of an attachment, ``None`` when there is none.

    The first block is verified before the body of the ``with`` runs, so that a lost or damaged
    file is known before anything was answered: ``ChecksumMismatch``.
    """
    first = start // BLOCK
    last = None if stop is None else max(first, (stop - 1) // BLOCK)
    reader = await hooks.attachment_get(ref=ref, first=first, last=last, purpose=purpose)
    if reader is None:
        yield None
        return
    size = reader.attachment.size
    end = size if stop is None else min(stop, size)
    async with reader, aclosing(_trimmed(reader, start, end)) as chunks:
        ahead = await anext(chunks, b"")
        yield OpenAttachment(reader.attachment, start, end, _chained(ahead, chunks))


async def _chained(ahead: bytes, chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    if ahead:
        yield ahead
    async for chunk in chunks:
        yield chunk


async def _trimmed(reader: AttachmentReader, start: int, end: int) -> AsyncGenerator[bytes, None]:
    """The asked bytes; where that is all of them, the whole's digest is compared as well."""
    whole = hashlib.sha256() if (start, end) == (0, reader.attachment.size) else None
    at = reader.first * BLOCK
    async for block in reader:
        data = _verified(block, at)
        if whole is not None:
            whole.update(data)
        yield data[max(0, start - at) : end - at]
        at += len(data)
    if at < end:
        raise ChecksumMismatch("The end of the attachment is missing.")
    expected = reader.attachment.sha256
    if whole is not None and expected is not None and whole.hexdigest() != expected:
        raise ChecksumMismatch("The attachment is not what was uploaded.")


def _verified(block: Block, at: int) -> bytes:
    if block.index * BLOCK != at:
        raise ChecksumMismatch(f"Block {at // BLOCK} of the attachment is missing.")
    return block.verified().data
