"""How the kit visits sessions in memcached, and those of an application."""

from typing import ClassVar

from aiohttp import web
from aiohttp_session import STORAGE_KEY, get_session, new_session

from satchel_hookspecs import PlatformSession, hookimpl
from satchel_session_native import NativeSessions
from satchel_session_native.harness import AiohttpBrowser, NativeHarness
from satchel_testkit.harness import Browser
from satchel_testkit.options import Options
from tests.native.folder_sessions import FolderSessions


class Unrenewed(NativeSessions):
    """Takes the values along, and leaves the old session as it was."""

    @hookimpl
    async def session_platform(self, request: object) -> PlatformSession:
        found = await super().session_platform(request)

        async def exchange() -> None:
            assert isinstance(request, web.Request)
            values = dict(await get_session(request))
            (await new_session(request)).update(values)

        found.renew = exchange  # type: ignore[method-assign]
        return found


class ForgettingHarness(NativeHarness):
    """Over a storage that can forget an id."""

    can: ClassVar[frozenset[str]] = NativeHarness.can | {"forgets_old_cookies"}


class ApplicationBrowser(AiohttpBrowser):
    """Meets an application that has set up sessions by itself, and saves them last of all."""

    def __init__(self, storage: FolderSessions, cookies: dict[str, str] | None = None) -> None:
        super().__init__(cookies)
        self._storage = storage

    def request(self) -> web.Request:
        request = super().request()
        request[STORAGE_KEY] = self._storage
        return request

    async def answer(self, request: object, session: PlatformSession) -> None:
        assert isinstance(request, web.Request)
        assert await session.save(web.Response()) == ()
        response = web.Response()
        await self._storage.save_session(request, response, await get_session(request))
        self.take(response.cookies)

    def copy(self) -> "ApplicationBrowser":
        return ApplicationBrowser(self._storage, self.cookies)


class ApplicationHarness(ForgettingHarness):
    """Files in the folder, which the application keeps."""

    def settings(self) -> Options:
        return {"session_native": {"storage": "application"}}

    def browser(self) -> Browser:
        return ApplicationBrowser(FolderSessions(str(self.folder / "theirs"), cookie_name="theirs"))
