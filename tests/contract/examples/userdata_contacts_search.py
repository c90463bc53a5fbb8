"""Answers searches from a directory; this one has two people in it."""

from collections.abc import Sequence
from typing import ClassVar

from satchel_hookspecs import PluginContext, hookimpl
from satchel_userdata import Suggestion

PEOPLE = {"Ada Example": "ada@example.org", "Ben Example": "ben@example.org"}


class Directory:
    requires: ClassVar[tuple[str, ...]] = ("userdata",)

    def __init__(self, config: object, ctx: PluginContext) -> None:
        self.ctx = ctx

    @hookimpl
    async def userdata_contacts_search(
        self, owner: str, text: str, limit: int
    ) -> Sequence[Suggestion]:
        found = (name for name in PEOPLE if text.lower() in name.lower())
        return [Suggestion(name, PEOPLE[name], "directory") for name in found][:limit]
