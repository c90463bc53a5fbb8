"""Deletes every group; the contacts stay."""

from typing import Any


async def ungroup(hooks: Any, owner: str) -> None:
    for group in await hooks.userdata_groups(owner=owner):
        await hooks.userdata_group_delete(owner=owner, id=group.id)
