"""Completes what is being typed into the line of recipients."""

from typing import Any


async def complete(hooks: Any, owner: str) -> list[str]:
    found = await hooks.userdata_suggest(owner=owner, text="be", limit=5)
    return [f"{one.name} <{one.address}>" for one in found]
