"""Extends a store: no session lives longer than an hour without a write."""

from satchel_hookspecs import MemorySessions


class OneHour(MemorySessions):
    async def session_touch(self, key: str, ttl: int) -> bool:
        return await super().session_touch(key, min(ttl, 3600))
