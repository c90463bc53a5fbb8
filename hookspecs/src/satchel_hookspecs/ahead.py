"""Asking one step ahead of whoever reads."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import TypeVar

Part = TypeVar("Part")
Answer = TypeVar("Answer")


async def look_ahead(
    ask: Callable[[Part], Awaitable[Answer]], parts: Sequence[Part]
) -> AsyncGenerator[tuple[Part, Answer], None]:
    """Ask for each part in order; the next answer is on its way while one is being used.

    Close it: what was asked ahead has come to its end when it is closed.
    """
    coming: asyncio.Future[Answer] | None = None
    try:
        for part, following in zip(parts, [*parts[1:], None], strict=False):
            coming = coming or asyncio.ensure_future(ask(part))
            answer = await coming
            coming = None if following is None else asyncio.ensure_future(ask(following))
            await asyncio.sleep(0)  # else it begins only when whoever reads waits for something
            yield part, answer
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.wait({coming})
            if not coming.cancelled():
                coming.exception()
