"""A window: so many steps at once, and no more."""

import asyncio
from collections import deque
from collections.abc import Coroutine
from typing import Any

Step = Coroutine[Any, Any, None]  # Any: what a coroutine yields


class Window:
    """Takes steps that may run beside each other; the first that fails is raised.

    Used with ``async with``: steps are at their end, or cancelled, when it is left.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._running: deque[asyncio.Task[None]] = deque()

    async def __aenter__(self) -> "Window":
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def add(self, step: Step) -> None:
        """Begin a step as soon as there is room for it."""
        self._running.append(asyncio.create_task(step))
        if len(self._running) > self._size:
            await self._running.popleft()

    async def end(self) -> None:
        """Wait for all steps."""
        while self._running:
            await self._running.popleft()
