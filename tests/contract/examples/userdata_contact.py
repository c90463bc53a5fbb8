"""Shows one contact, if it is still there."""

from typing import Any


async def phone(hooks: Any, owner: str, id: str = "0" * 32) -> str:
    contact = await hooks.userdata_contact(owner=owner, id=id)
    return contact.phone if contact else ""
