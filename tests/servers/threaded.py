"""A small server of our own, in a thread, so that any kind of test can talk to it."""

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from enum import Enum, auto
from typing import Self

from tests.servers.ports import LOOPBACK

CLOSE_SECONDS = 3


class Fault(Enum):
    """What a server does instead of answering."""

    HANG = auto()
    CLOSE = auto()
    RESET = auto()


class ThreadedServer:
    """Serves connections from a loop in a thread until the `with` block is left."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        """Prepare a server; with a context it speaks TLS from the first byte."""
        self.host = LOOPBACK
        self.port = 0
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._conversations: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        """Start to listen on a free port."""
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        """End every conversation and the thread."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hold one conversation with a client."""
        raise NotImplementedError

    def call(self, action: Callable[[], None]) -> None:
        """Do something in the server's thread and return when it is done."""

        async def act() -> None:
            action()

        asyncio.run_coroutine_threadsafe(act(), self._loop).result()

    def wait_until_idle(self, timeout: float = 10) -> None:
        """Return when every conversation has ended; what came in them has been taken by then."""

        async def wait() -> None:
            while self._conversations:
                await asyncio.wait(self._conversations)

        asyncio.run_coroutine_threadsafe(wait(), self._loop).result(timeout)

    async def suffer(self, fault: Fault, writer: asyncio.StreamWriter) -> None:
        """Let a fault happen to a conversation, which does not go on after it."""
        if fault is Fault.HANG:
            await asyncio.Event().wait()
        if fault is Fault.RESET:
            no_farewell = struct.pack("ii", 1, 0)
            connection = writer.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_farewell)
            writer.transport.abort()
        raise ConnectionAbortedError(f"The script says {fault.name} here.")

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._serve, LOOPBACK, 0, ssl=self._tls)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._conversations.add(task)
        try:
            await self.converse(reader, writer)
        except (ConnectionError, EOFError, ssl.SSLError, asyncio.CancelledError):
            return
        finally:
            await _close(writer)
            self._conversations.discard(task)

    async def _end(self) -> None:
        """End what runs in the loop, also the conversations that have only just been accepted."""
        self._server.close()
        await asyncio.sleep(0)
        running = asyncio.all_tasks() - {asyncio.current_task()}
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=CLOSE_SECONDS)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await writer.wait_closed()
    except (OSError, ssl.SSLError, TimeoutError, asyncio.CancelledError):
        writer.transport.abort()
