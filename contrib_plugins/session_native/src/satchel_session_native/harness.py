"""How the test kit visits the platform's sessions: with requests of aiohttp and their cookies."""

from http.cookies import SimpleCookie
from typing import ClassVar

from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from satchel_hookspecs import PlatformSession
from satchel_testkit.harness import Browser, Harness


class AiohttpBrowser(Browser):
    """Keeps what answers set, and forgets what they delete."""

    def __init__(self, cookies: dict[str, str] | None = None) -> None:
        self.cookies = dict(cookies or {})

    def request(self) -> web.Request:
        pairs = [f"{name}={value}" for name, value in self.cookies.items()]
        return make_mocked_request("GET", "/", headers={"Cookie": "; ".join(pairs)})

    async def answer(self, request: object, session: PlatformSession) -> None:
        for line in await session.save(web.Response()):
            self.take(SimpleCookie(line))

    def take(self, cookies: SimpleCookie) -> None:
        """Do what these lines of an answer say."""
        for name, cookie in cookies.items():
            self.cookies.pop(name, None)
            if str(cookie.get("max-age")) != "0":
                self.cookies[name] = cookie.value

    def copy(self) -> "AiohttpBrowser":
        return type(self)(self.cookies)


class NativeHarness(Harness):
    """Sessions in a cookie, if the options name no other storage."""

    can: ClassVar[frozenset[str]] = frozenset({"browser"})

    def browser(self) -> Browser:
        return AiohttpBrowser()
