"""Extends a store, and sweeps what it keeps besides."""

from dataclasses import replace

from satchel_hookspecs import GcReport, MemoryAttachments, PluginContext


class Thumbnails(MemoryAttachments):
    def __init__(self, config: object, ctx: PluginContext) -> None:
        super().__init__(config, ctx)
        self._made: dict[str, float] = {}

    async def attachment_gc(self, limit: int) -> GcReport:
        report = await super().attachment_gc(limit)
        old = [id for id, made in self._made.items() if made < await self._now() - self.grace]
        for id in old:
            del self._made[id]
        return replace(report, removed=report.removed + len(old))
