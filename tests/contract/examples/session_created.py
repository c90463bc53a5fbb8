"""Counts sign-ins."""

from satchel_hookspecs import PluginContext, hookimpl


class SignIns:
    def __init__(self, config: object, ctx: PluginContext) -> None:
        self.count = 0

    @hookimpl
    async def session_created(self, key: str, owner: str | None) -> None:
        self.count += owner is not None
