"""Adds somebody to the address book."""

from typing import Any


async def meet(hooks: Any, owner: str) -> str:
    contact = await hooks.userdata_contact_save(
        owner=owner, name="Bert Carlsen", addresses=["bert@example.org"], phone="555 0101"
    )
    return str(contact.id)
