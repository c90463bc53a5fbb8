"""Base64 in lines of 76 characters, written block by block."""

import binascii
import functools
import struct
from collections.abc import AsyncGenerator, AsyncIterator

_RAW_LINE = 57  # bytes that make one line of 76 characters
_BLOCK = 4600 * _RAW_LINE


def encoded_size(size: int) -> int:
    """Return how many bytes `encode` makes of this many."""
    lines, rest = divmod(size, _RAW_LINE)
    return lines * 78 + ((rest + 2) // 3 * 4 + 2 if rest else 0)


def encode(data: bytes) -> bytes:
    """Return the lines, each ending in CRLF; all but the last line hold 57 bytes."""
    whole = len(data) - len(data) % _RAW_LINE
    lines = b""
    if whole:
        text = binascii.b2a_base64(data[:whole], newline=False)
        lines = b"\r\n".join(_cutter(whole // _RAW_LINE).unpack(text)) + b"\r\n"
    if whole == len(data):
        return lines
    return lines + binascii.b2a_base64(data[whole:], newline=False) + b"\r\n"


async def encode_stream(blocks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """Yield the same lines as `encode` of everything, holding about one block at a time."""
    rest = b""
    async for block in blocks:
        for start in range(0, len(block), _BLOCK):
            data = rest + block[start : start + _BLOCK]
            whole = len(data) - len(data) % _RAW_LINE
            rest = data[whole:]
            if whole:
                yield encode(data[:whole])
    if rest:
        yield encode(rest)


@functools.lru_cache(maxsize=32)
def _cutter(lines: int) -> struct.Struct:
    """Cut a block in one call: over twice as fast as a slice a line."""
    return struct.Struct("76s" * lines)
