"""What stands in place of a database, and says no."""

import asyncio
import struct

from tests.servers.threaded import ThreadedServer

NO_ERROR = b"\x00\x00\x00\x02\x00\x00\x00"
UNKNOWN_VARIABLE = b"\xff" + struct.pack("<H", 1193) + b"#HY000Unknown system variable"


class Greeter(ThreadedServer):
    """Speaks MariaDB's protocol as far as the greeting, and then knows none of the variables."""

    def __init__(self, version: str) -> None:
        super().__init__()
        self._version = version.encode()

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        salt, flags = b"12345678", struct.pack("<H", 0xF7FF)
        rest = b"\x2d\x02\x00\xff\x81\x15" + bytes(10) + b"123456789012\0mysql_native_password\0"
        number = b"\x01\x00\x00\x00"
        writer.write(
            _packet(0, b"\x0a" + self._version + b"\0" + number + salt + b"\0" + flags + rest)
        )
        await _read_packet(reader)
        writer.write(_packet(2, NO_ERROR))
        while True:
            await _read_packet(reader)
            writer.write(_packet(1, UNKNOWN_VARIABLE))


class Bouncer(ThreadedServer):
    """Refuses what a connection to PostgreSQL begins with, as PgBouncer does of itself."""

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _read_greeting(reader)
        writer.write(b"N")
        await _read_greeting(reader)
        told = b"SFATAL\0C08P01\0Munsupported startup parameter: statement_timeout\0\0"
        writer.write(b"E" + struct.pack("!i", len(told) + 4) + told)


async def _read_greeting(reader: asyncio.StreamReader) -> bytes:
    (length,) = struct.unpack("!i", await reader.readexactly(4))
    return await reader.readexactly(length - 4)


def _packet(number: int, body: bytes) -> bytes:
    return len(body).to_bytes(3, "little") + bytes([number]) + body


async def _read_packet(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readexactly(4)
    return await reader.readexactly(int.from_bytes(head[:3], "little"))
