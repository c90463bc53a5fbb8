"""Forgets a count that is not true any more."""

from typing import Any


async def recount(hooks: Any, owner: str) -> None:
    await hooks.userdata_cache_delete(owner=owner, name="unread")
