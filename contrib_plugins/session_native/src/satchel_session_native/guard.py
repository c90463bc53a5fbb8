"""The guard around a storage of which nothing is known: it answers in time, or it is down."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from aiohttp import web

from satchel_hookspecs import StoreError, Unavailable

Answer = TypeVar("Answer")

# What says that the values are at fault, and not the storage.
FAULTY = (TypeError, ValueError, LookupError, AttributeError)


async def guarded(step: Awaitable[Answer], seconds: float) -> Answer:
    """Await ``step`` for so many seconds; what a storage raises is ``Unavailable``."""
    try:
        async with asyncio.timeout(seconds):
            return await step
    except TimeoutError as error:
        raise Unavailable(f"The platform's sessions did not answer in {seconds:g} s.") from error
    except (StoreError, web.HTTPException, *FAULTY):
        raise
    except Exception as error:
        name = type(error).__name__
        raise Unavailable(f"The platform's sessions cannot be reached ({name}).") from error
