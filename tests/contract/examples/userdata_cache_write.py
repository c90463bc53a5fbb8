"""Caches a count for five minutes."""

from typing import Any


async def remember(hooks: Any, owner: str, unread: int = 3) -> None:
    value = str(unread).encode()
    await hooks.userdata_cache_write(owner=owner, name="unread", value=value, ttl=300)
