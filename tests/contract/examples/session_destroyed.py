"""Says in the log how a session ended."""

from satchel_hookspecs import PluginContext, hookimpl


class Endings:
    def __init__(self, config: object, ctx: PluginContext) -> None:
        self._logger = ctx.logger

    @hookimpl
    async def session_destroyed(self, key: str, owner: str | None, reason: str) -> None:
        self._logger.info("a session of %s ended: %s", owner, reason)
