"""Refuses sessions that have grown too large."""

from collections.abc import Awaitable, Callable

from satchel_hookspecs import Expect, PluginContext, TooLarge, Version, hookimpl

LIMIT = 64 * 1024


class SmallSessions:
    def __init__(self, config: object, ctx: PluginContext) -> None:
        self._logger = ctx.logger

    @hookimpl(around=True)
    async def session_write(
        self,
        key: str,
        data: bytes,
        expect: Expect,
        ttl: int,
        owner: str | None,
        *,
        call_next: Callable[..., Awaitable[Version]],
    ) -> Version:
        if len(data) > LIMIT:
            raise TooLarge(LIMIT)
        return await call_next()
