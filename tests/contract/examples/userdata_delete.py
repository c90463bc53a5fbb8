"""Deletes everything of somebody who has left."""

from typing import Any


async def leave(hooks: Any, owner: str) -> None:
    await hooks.userdata_delete(owner=owner)
