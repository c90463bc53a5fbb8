"""Serving the site until somebody ends it."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aiohttp import web

GRACE_SECONDS = 20.0


@asynccontextmanager
async def served(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serve the application and give the port that it got.

    When the context is left, requests that run may end first; a cut connection never cancels the
    handler of an upload or a send half-way.
    """
    runner = web.AppRunner(
        app, handler_cancellation=False, access_log=None, shutdown_timeout=GRACE_SECONDS
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def wait_for_end() -> None:
    """Wait until the process is told to end."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: Ctrl+C arrives as KeyboardInterrupt
            loop.add_signal_handler(name, ended.set)
    await ended.wait()


def url_of(host: str, port: int) -> str:
    """The address to open in a browser."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - compared only
    return f"http://{f'[{shown}]' if ':' in shown and '[' not in shown else shown}:{port}/"
