"""Looks something up once a day only."""

from typing import Any


async def quote(hooks: Any, owner: str) -> bytes:
    kept: bytes | None = await hooks.userdata_cache_read(owner=owner, name="quote")
    if kept is None:
        kept = b"Brevity is the soul of wit."
        await hooks.userdata_cache_write(owner=owner, name="quote", value=kept, ttl=86400)
    return kept
