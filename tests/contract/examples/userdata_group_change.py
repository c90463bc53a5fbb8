"""Puts a contact into a group."""

from typing import Any


async def join(hooks: Any, owner: str) -> None:
    group = await hooks.userdata_group_save(owner=owner, name="Choir")
    contact = await hooks.userdata_contact_save(owner=owner, name="Dora", addresses=["d@b.org"])
    await hooks.userdata_group_change(owner=owner, id=group.id, add=[contact.id])
