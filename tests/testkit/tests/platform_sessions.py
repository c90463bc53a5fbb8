"""A platform with sessions of its own, the store that hands them on, and one that forgets."""

import secrets
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
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
    """What the platform keeps for a browser, and the cookie that finds it."""

    kept: dict[str, Values]
    cookie: str | None
    values: Values

    async def renew(self) -> None:
        self.kept.pop(self.cookie or "", None)
        self.cookie = None

    async def destroy(self) -> None:
        self.values.clear()
        await self.renew()

    async def save(self, response: object) -> Sequence[str]:
        self.cookie = self.cookie or secrets.token_hex(8)
        self.kept[self.cookie] = dict(self.values)
        return [self.cookie]


class PlatformSessions:
    """Looks into the sessions of the platform."""

    capabilities: ClassVar[frozenset[str]] = frozenset({"platform"})
    cannot: tuple[str, ...] = ("Two changes at once are not merged.",)
    session: ClassVar[type[Session]] = Session

    def __init__(self, config: object, ctx: PluginContext) -> None:
        """Keep nothing."""

    @hookimpl
    async def session_platform(self, request: object) -> PlatformSession:
        assert isinstance(request, Request)
        if request.session is None:
            values = request.kept.get(request.cookie or "", {})
            request.session = self.session(request.kept, request.cookie, dict(values))
        return request.session


class ForgetfulPlatform(PlatformSessions):
    """Gives a fresh session to everybody."""

    @hookimpl
    async def session_platform(self, request: object) -> PlatformSession:
        assert isinstance(request, Request)
        request.session = Session(request.kept, None, {})
        return request.session


class SharedPlatform(PlatformSessions):
    """Gives all requests the same values."""

    def __init__(self, config: object, ctx: PluginContext) -> None:
        self._values: Values = {}

    @hookimpl
    async def session_platform(self, request: object) -> PlatformSession:
        assert isinstance(request, Request)
        return Session(request.kept, request.cookie, self._values)


class Unrenewed(Session):
    async def renew(self) -> None:
        """Keep the id."""


class Emptied(Session):
    async def renew(self) -> None:
        self.values.clear()
        await super().renew()


class Undestroyed(Session):
    async def destroy(self) -> None:
        self.values.clear()
        self.cookie = None


class Hasty(Session):
    async def destroy(self) -> None:
        del self.kept[self.cookie or ""]
        await super().destroy()


class NeverRenews(PlatformSessions):
    session = Unrenewed


class RenewsWithNothing(PlatformSessions):
    session = Emptied


class LeavesTheOldOne(PlatformSessions):
    session = Undestroyed


class DestroysOnce(PlatformSessions):
    session = Hasty


class PromisesEverything(PlatformSessions):
    cannot = ("Nothing",)


class CookieBrowser(Browser):
    """Keeps one cookie."""

    def __init__(self, kept: dict[str, Values], cookie: str | None = None) -> None:
        self._kept = kept
        self._cookie = cookie

    def request(self) -> Request:
        return Request(self._kept, self._cookie)

    async def answer(self, request: object, session: PlatformSession) -> None:
        [self._cookie] = await session.save(None)

    def copy(self) -> "CookieBrowser":
        return CookieBrowser(self._kept, self._cookie)


class PlatformHarness(Harness):
    """A platform in memory."""

    can: ClassVar[frozenset[str]] = frozenset({"browser", "forgets_old_cookies"})

    def browser(self) -> CookieBrowser:
        self.platform: dict[str, Values] = getattr(self, "platform", {})
        return CookieBrowser(self.platform)
