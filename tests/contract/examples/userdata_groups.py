"""Names the groups that nobody is in."""

from typing import Any


async def empty_groups(hooks: Any, owner: str) -> list[str]:
    groups = await hooks.userdata_groups(owner=owner)
    return [group.name for group in groups if not group.size]
