"""A store whose medium lets go of what expired."""

from typing import ClassVar

from satchel_hookspecs import MemorySessions


class SelfSweepingSessions(MemorySessions):
    capabilities: ClassVar[frozenset[str]] = MemorySessions.capabilities | {"expires_by_itself"}

    async def _sweep(self, limit: int) -> int:
        await super()._sweep(limit)
        return 0
