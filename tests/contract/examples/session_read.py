"""Counts cookies that open nothing: somebody may be guessing."""

from collections.abc import Awaitable, Callable

from satchel_hookspecs import PluginContext, SessionRecord, hookimpl


class Guesses:
    def __init__(self, config: object, ctx: PluginContext) -> None:
        self.count = 0

    @hookimpl(around=True)
    async def session_read(
        self, key: str, *, call_next: Callable[..., Awaitable[SessionRecord | None]]
    ) -> SessionRecord | None:
        record = await call_next()
        self.count += record is None
        return record
