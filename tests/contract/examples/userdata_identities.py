"""Finds whom a new letter is from."""

from typing import Any


async def sender(hooks: Any, owner: str) -> str:
    identities = await hooks.userdata_identities(owner=owner)
    return f"{identities[0].name} <{identities[0].address}>" if identities else ""
