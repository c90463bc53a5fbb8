"""A server that speaks as a test says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

Speak = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(speak: Speak) -> AsyncIterator[int]:
    """The port of a server; it ends when those who spoke with it have hung up."""
    speaking = set[asyncio.Task[None]]()

    async def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        speaking.add(task)
        try:
            await speak(reader, writer)
        finally:
            writer.close()
            await asyncio.wait({asyncio.ensure_future(writer.wait_closed())})

    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
    if speaking:
        await asyncio.wait(speaking, timeout=5)


@pytest.fixture
async def listen() -> AsyncIterator[Callable[[Speak], Awaitable[int]]]:
    """Start such a server: `port = await listen(speak)`."""
    async with AsyncExitStack() as stack:

        async def start(speak: Speak) -> int:
            return await stack.enter_async_context(listening(speak))

        yield start
