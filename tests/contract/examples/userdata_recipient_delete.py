"""Forgets an address that was mistyped once."""

from typing import Any


async def forget(hooks: Any, owner: str) -> bool:
    return bool(await hooks.userdata_recipient_delete(owner=owner, address="brt@example.org"))
