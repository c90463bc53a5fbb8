"""Deletes every identity but the standard one."""

from typing import Any


async def keep_one(hooks: Any, owner: str) -> None:
    for identity in await hooks.userdata_identities(owner=owner):
        if not identity.standard:
            await hooks.userdata_identity_delete(owner=owner, id=identity.id)
