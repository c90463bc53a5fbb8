"""A storage in use."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from aiohttp_session import AbstractStorage


async def answers() -> None:
    """A storage that asks nobody is always well."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A storage, and how to ask whether it answers; the application may have one of its own."""

    storage: AbstractStorage | None
    ping: Callable[[], Awaitable[None]] = answers


Opening = AbstractAsyncContextManager[Opened]
