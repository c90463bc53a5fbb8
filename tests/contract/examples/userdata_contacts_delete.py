"""Deletes all contacts without an address."""

from typing import Any


async def tidy(hooks: Any, owner: str) -> int:
    page = await hooks.userdata_contacts(owner=owner, limit=500)
    ids = [contact.id for contact in page.contacts if not contact.addresses]
    return int(await hooks.userdata_contacts_delete(owner=owner, ids=ids))
