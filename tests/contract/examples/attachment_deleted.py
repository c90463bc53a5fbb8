"""Says in the log why a file went."""

from satchel_hookspecs import PluginContext, Ref, hookimpl


class Reasons:
    def __init__(self, config: object, ctx: PluginContext) -> None:
        self._logger = ctx.logger

    @hookimpl
    async def attachment_deleted(self, ref: Ref, reason: str) -> None:
        self._logger.info("%s was %s", ref.id, reason)
