"""Shows the second page of those called Smith."""

from typing import Any


async def smiths(hooks: Any, owner: str) -> list[str]:
    page = await hooks.userdata_contacts(owner=owner, text="smith", first=50, limit=50)
    return [contact.name for contact in page.contacts]
