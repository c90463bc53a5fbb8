"""Leaves sessions to a platform that hands out a dictionary with each request."""

from collections.abc import MutableMapping, Sequence
from typing import Any, ClassVar

from satchel_hookspecs import PlatformSession, PluginContext, hookimpl


class _Session:
    def __init__(self, values: MutableMapping[str, Any]) -> None:
        self.values = values

    async def renew(self) -> None:
        self.values["id"] = object()

    async def save(self, response: object) -> Sequence[str]:
        return ()  # this platform keeps its own cookie

    async def destroy(self) -> None:
        self.values.clear()


class Platform:
    capabilities: ClassVar[frozenset[str]] = frozenset({"platform"})

    def __init__(self, config: object, ctx: PluginContext) -> None:
        self.ctx = ctx

    @hookimpl
    async def session_platform(self, request: Any) -> PlatformSession:
        return _Session(request["session"])
