"""A relay between a client and a server that can cut, stall and delay what passes."""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Literal

from tests.servers.threaded import ThreadedServer

Direction = Literal["to_server", "to_client"]
CHUNK = 65536


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a connection ends: with these bytes passed on or held back."""

    pattern: bytes
    direction: Direction
    passes: bool


class FaultProxy(ThreadedServer):
    """Passes bytes on both ways; faults hold for all connections until `heal`."""

    def __init__(self, host: str, port: int) -> None:
        """Stand in front of a server."""
        super().__init__()
        self.connections = 0
        self.cuts = 0
        self._server_address = (host, port)
        self._cut: Cut | None = None
        self._refuses = False
        self._delay = 0.0
        self._open = asyncio.Event()
        self._open.set()

    def cut_before(self, pattern: bytes, direction: Direction = "to_server") -> None:
        """End a connection where these bytes would pass; the other side never sees all of them."""
        self._cut = Cut(pattern, direction, passes=False)

    def cut_after(self, pattern: bytes, direction: Direction = "to_server") -> None:
        """End a connection when these bytes have passed; what answers them is lost."""
        self._cut = Cut(pattern, direction, passes=True)

    def stall(self) -> None:
        """Hold everything back, with connections open."""
        self.call(self._open.clear)

    def delay(self, seconds: float) -> None:
        """Let each piece that passes wait."""
        self._delay = seconds

    def refuse(self) -> None:
        """End new connections at once."""
        self._refuses = True

    def send_to(self, host: str, port: int) -> None:
        """Stand in front of another server from the next connection on."""
        self._server_address = (host, port)

    def heal(self) -> None:
        """Let everything pass again, what was held back included."""
        self._cut, self._delay, self._refuses = None, 0.0, False
        self.call(self._open.set)

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Relay one connection until either side ends it or a fault does."""
        self.connections += 1
        if self._refuses:
            writer.transport.abort()
            return
        server_reader, server_writer = await asyncio.open_connection(*self._server_address)
        relays = {
            asyncio.create_task(self._relay(reader, server_writer, "to_server")),
            asyncio.create_task(self._relay(server_reader, writer, "to_client")),
        }
        try:
            done, _ = await asyncio.wait(relays, return_when=asyncio.FIRST_COMPLETED)
            self.cuts += any(each.exception() is None and each.result() for each in done)
        finally:
            await _abandon(relays)
            server_writer.close()

    async def _relay(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, direction: Direction
    ) -> bool:
        """Pass bytes on until the end, and say whether that end was a cut."""
        passed = b""
        while chunk := await reader.read(CHUNK):
            await asyncio.sleep(self._delay)
            await self._open.wait()
            cut = self._cut
            end = _find_end(passed, chunk, cut) if cut and cut.direction == direction else None
            writer.write(chunk[:end])
            await writer.drain()
            if end is not None:
                return True
            passed = (passed + chunk)[-CHUNK:]
        return False


def _find_end(passed: bytes, chunk: bytes, cut: Cut) -> int | None:
    """Return how much of a piece may pass if a cut is in it; its pattern may have begun before."""
    begun = passed[-(len(cut.pattern) - 1) :] if len(cut.pattern) > 1 else b""
    start = (begun + chunk).find(cut.pattern)
    if start < 0:
        return None
    end = start + len(cut.pattern) if cut.passes else start
    return max(end - len(begun), 0)


async def _abandon(relays: set[asyncio.Task[bool]]) -> None:
    for each in relays:
        each.cancel()
    for each in relays:
        with contextlib.suppress(asyncio.CancelledError, ConnectionError):
            await each
