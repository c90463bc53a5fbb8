"""The body of a request as a stream that may not stand still."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import TypeVar

from aiohttp import web

from satchel_site.refusal import Refusal

T = TypeVar("T")

STALLED_AFTER: web.AppKey[float] = web.AppKey("stalled_after", float)
"""How many seconds a body may bring nothing before the request is given up."""


class Stalled(TimeoutError):
    """The browser stopped sending in the middle of a request."""


async def read_chunks(request: web.Request) -> AsyncIterator[bytes]:
    """Yield the body as it comes.

    ``Stalled`` when nothing comes for too long, ``ConnectionError`` when it breaks off.
    """
    while chunk := await in_time(request, request.content.readany()):
        yield chunk


async def in_time(request: web.Request, reading: Awaitable[T]) -> T:
    """Wait for the next bytes, but not for ever."""
    try:
        async with asyncio.timeout(request.app[STALLED_AFTER]):
            return await reading
    except TimeoutError as error:
        raise Stalled("Nothing more came from the browser.") from error
    except web.RequestPayloadError as error:
        raise Refusal(400, "The request's body is damaged.") from error


async def read_all(request: web.Request, limit: int) -> bytes:
    """Return the whole of a small body."""
    check_length(request, limit)
    found = bytearray()
    async for chunk in read_chunks(request):
        found += chunk
        if len(found) > limit:
            raise Refusal(413, f"This form may have at most {limit:,} bytes.")
    return bytes(found)


def check_length(request: web.Request, limit: int) -> None:
    """Refuse a body that announces more than ``limit`` bytes before any of it is read."""
    if request.content_length is not None and request.content_length > limit:
        raise Refusal(413, f"This form may have at most {limit:,} bytes.")
