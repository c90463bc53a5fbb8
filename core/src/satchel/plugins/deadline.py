"""A deadline that holds even when what is late does not let itself be cancelled."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

Answer = TypeVar("Answer")


async def within(seconds: float, step: Awaitable[Answer]) -> Answer:
    """Await ``step``; ``TimeoutError`` after so many seconds, whatever it is still doing."""
    task = asyncio.ensure_future(step)
    try:
        await asyncio.wait({task}, timeout=seconds)
    finally:
        if not task.done():
            task.cancel()
            task.add_done_callback(_look)
    if not task.done():
        raise TimeoutError(f"There was no answer within {seconds:g} seconds.")
    return task.result()


def _look(task: asyncio.Future[Answer]) -> None:
    if not task.cancelled():
        task.exception()
