"""A step that is let to its end once it has begun, so that it is never half-known."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Answer = TypeVar("Answer")


async def settled(step: Coroutine[Any, Any, Answer]) -> Answer:  # Any: what a coroutine yields
    """Await ``step``; a cancellation waits for its end before it goes on."""
    task = asyncio.ensure_future(step)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.done():
            await asyncio.wait({task})
        if not task.cancelled():
            task.exception()
        raise
