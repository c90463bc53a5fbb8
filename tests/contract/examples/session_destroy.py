"""Tells the operator when a session could not be ended."""

from collections.abc import Awaitable, Callable

from satchel_hookspecs import PluginContext, StoreError, hookimpl


class StuckSessions:
    def __init__(self, config: object, ctx: PluginContext) -> None:
        self._logger = ctx.logger

    @hookimpl(around=True)
    async def session_destroy(
        self, key: str, *, call_next: Callable[..., Awaitable[bool]], store: str
    ) -> bool:
        try:
            return await call_next()
        except StoreError:
            self._logger.warning("%s did not end a session", store)
            raise
