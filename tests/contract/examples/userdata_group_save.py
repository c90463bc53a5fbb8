"""Adds a group and renames it."""

from typing import Any


async def found(hooks: Any, owner: str) -> None:
    group = await hooks.userdata_group_save(owner=owner, name="Friends")
    await hooks.userdata_group_save(owner=owner, name="Old friends", id=group.id)
