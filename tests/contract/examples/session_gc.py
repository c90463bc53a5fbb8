"""A store whose medium deletes by itself what is over its time."""

from satchel_hookspecs import GcReport, MemorySessions


class SelfCleaning(MemorySessions):
    async def session_gc(self, limit: int) -> GcReport:
        return GcReport(removed=0, more=False)
