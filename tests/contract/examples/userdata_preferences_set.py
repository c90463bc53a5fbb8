"""Changes one setting, and sets another back to its default."""

from typing import Any


async def choose(hooks: Any, owner: str) -> None:
    changes = {"language": "de", "page_size": None}
    await hooks.userdata_preferences_set(owner=owner, changes=changes)
