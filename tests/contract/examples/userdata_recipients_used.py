"""Remembers to whom a letter went."""

from typing import Any


async def sent(hooks: Any, owner: str) -> None:
    recipients = [("Bert Carlsen", "bert@example.org")]
    await hooks.userdata_recipients_used(owner=owner, recipients=recipients)
