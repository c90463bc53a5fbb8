"""Counts what is uploaded, by its type."""

from collections import Counter

from satchel_hookspecs import Attachment, PluginContext, hookimpl


class Types:
    def __init__(self, config: object, ctx: PluginContext) -> None:
        self.counts = Counter[str]()

    @hookimpl
    async def attachment_stored(self, attachment: Attachment) -> None:
        self.counts[attachment.content_type] += 1
