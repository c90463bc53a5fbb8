"""A platform with sessions of its own, the store that hands them on, and one that forgets."""

import secrets
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from satchel_hookspecs import PlatformSession, PluginContext, hookimpl
from satchel_testkit.harness import Browser, Harness

Values = MutableMapping[str, Any]  # Any: the platform's own values


@dataclass
class Request:
    """A request with the cookie of its browser, and the session that was loaded for it."""

    kept: dict[str, Values]
    cookie: str | None
    session: "Session | None" = None


@dataclass
class Session:
    """What the platform keeps for a browser."""

    values: Values
    cookie: str = field(default_factory=lambda: secrets.token_hex(8))

    async def renew(self) -> None:
        self.cookie = secrets.token_hex(8)

    async def destroy(self) -> None:
        self.values.clear()
        await self.renew()


class PlatformSessions:
    """Looks into the sessions of the platform."""

    capabilities: ClassVar[frozenset[str]] = frozenset({"platform"})

    def __init__(self, config: object, ctx: PluginContext) -> None:
        """Keep nothing."""

    @hookimpl
    async def session_platform(self, request: object) -> PlatformSession:
        assert isinstance(request, Request)
        if request.session is None:
            request.session = Session(dict(request.kept.get(request.cookie or "", {})))
        return request.session


class ForgetfulPlatform(PlatformSessions):
    """Gives a fresh session to everybody."""

    @hookimpl
    async def session_platform(self, request: object) -> PlatformSession:
        assert isinstance(request, Request)
        request.session = Session({})
        return request.session


class CookieBrowser(Browser):
    """Keeps one cookie."""

    def __init__(self, kept: dict[str, Values]) -> None:
        self._kept = kept
        self._cookie: str | None = None

    def request(self) -> Request:
        return Request(self._kept, self._cookie)

    async def answer(self, request: object) -> None:
        assert isinstance(request, Request)
        if request.session is None:
            return
        self._kept.pop(self._cookie or "", None)
        self._cookie = request.session.cookie
        self._kept[self._cookie] = dict(request.session.values)


class PlatformHarness(Harness):
    """A platform in memory."""

    can: ClassVar[frozenset[str]] = frozenset({"browser"})

    def browser(self) -> CookieBrowser:
        self.platform: dict[str, Values] = getattr(self, "platform", {})
        return CookieBrowser(self.platform)
