"""Offers those who were written to last."""

from typing import Any


async def usual(hooks: Any, owner: str) -> list[str]:
    recipients = await hooks.userdata_recipients(owner=owner, limit=3)
    return [recipient.address for recipient in recipients]
