"""The session object of aiohttp-session for one request, as the host looks into it."""

from collections.abc import Sequence
from typing import cast

from aiohttp import web
from aiohttp.typedefs import Middleware
from aiohttp_session import SESSION_KEY, AbstractStorage, Session, new_session

from satchel_hookspecs import TooLarge
from satchel_session_native.guard import guarded

COOKIE_LIMIT = 4096
TOO_LARGE = f"What is kept for this session does not fit into a cookie of {COOKIE_LIMIT} bytes."
COOKIE_STORAGES = frozenset({"SimpleCookieStorage", "EncryptedCookieStorage", "NaClCookieStorage"})
NOT_SAVED = (
    "The application's own session middleware saves no session with an answer that streams or"
    " sends a file, so nothing may change the session in this request."
)


class NativeSession:
    """Whichever session object the request has; code of the application may exchange it."""

    def __init__(self, request: web.Request, storage: AbstractStorage, seconds: float) -> None:
        self._request = request
        self._storage = storage
        self._seconds = seconds
        self._loaded = self.values

    @property
    def values(self) -> Session:
        """The object itself, as the application sees it."""
        return cast(Session, self._request[SESSION_KEY])

    async def renew(self) -> None:
        """Take the values along to a new session, and leave nothing in the old one."""
        old, values = self.values, dict(self.values)
        if not old.new:
            old.invalidate()
            emptied = self._storage.save_session(self._request, web.Response(), old)
            await guarded(emptied, self._seconds)
        (await guarded(new_session(self._request), self._seconds)).update(values)

    async def destroy(self) -> None:
        """Forget the values; with the answer the storage forgets them too."""
        self.values.invalidate()

    async def save(self, response: object) -> Sequence[str]:
        """Keep what was changed, and return the lines that set its cookies."""
        raise NotImplementedError


class KeptHere(NativeSession):
    """A session that is saved here, with the library's own middleware around an empty answer."""

    def __init__(
        self,
        request: web.Request,
        storage: AbstractStorage,
        seconds: float,
        middleware: Middleware,
        *,
        https: bool,
    ) -> None:
        super().__init__(request, storage, seconds)
        self._middleware = middleware
        self._https = https

    async def save(self, response: object) -> Sequence[str]:
        if self._loaded.new and self.values.empty:
            return ()
        answer = web.Response()

        async def handle(_: web.Request) -> web.StreamResponse:
            return answer

        await guarded(self._middleware(self._request, handle), self._seconds)
        _check_size(answer)
        for cookie in answer.cookies.values():
            # The library forgets it where it deletes; a browser would then keep the cookie.
            cookie["secure"] = self._https
        return [cookie.OutputString() for cookie in answer.cookies.values()]


class KeptByApplication(NativeSession):
    """A session that the application's middleware saves, after all the others."""

    def __init__(self, request: web.Request, storage: AbstractStorage, seconds: float) -> None:
        super().__init__(request, storage, seconds)
        self._before = dict(self.values)

    async def save(self, response: object) -> Sequence[str]:
        if self.values is self._loaded and dict(self.values) == self._before:
            return ()
        if not isinstance(response, web.Response):
            raise RuntimeError(NOT_SAVED)
        if COOKIE_STORAGES & {cls.__name__ for cls in type(self._storage).__mro__}:
            trial = web.Response()
            await self._storage.save_session(self._request, trial, self.values)
            _check_size(trial)
        return ()


def _check_size(answer: web.Response) -> None:
    """A browser drops a cookie that is too large, and says nothing."""
    for cookie in answer.cookies.values():
        if len(f"{cookie.key}={cookie.coded_value}") > COOKIE_LIMIT:
            raise TooLarge(COOKIE_LIMIT, TOO_LARGE)
