"""Shows pages in the language that the user chose."""

from typing import Any


async def language(hooks: Any, owner: str) -> str:
    preferences = await hooks.userdata_preferences(owner=owner)
    return str(preferences.get("language", "en"))
