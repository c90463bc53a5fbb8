"""The middleware: the one place where a session meets an HTTP request."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from satchel.sessions.cookies import Cookie, is_name, line_of, name_of, value_of
from satchel.sessions.positions import cookie_of, position_from
from satchel.sessions.proxies import Proxies
from satchel.sessions.seal import KeyRing
from satchel.sessions.session import Session
from satchel.sessions.sessions import Sessions
from satchel_hookspecs import Position, Unavailable, position, settled

RETRY_AFTER = 5
UNAVAILABLE = "The mail site cannot reach its storage at the moment. Please try again shortly."

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Visit:
    """What belongs to one request; ``told`` and ``cookie`` are what the browser knows of it."""

    session: Session
    position: Position
    told: dict[str, int]
    is_answered: bool = False
    cookie: Cookie | None = None


VISIT = web.RequestKey("satchel_visit", Visit)


def session_of(request: web.Request) -> Session:
    """Return the session of this request; ``LookupError`` for a path that has none."""
    if VISIT not in request:
        raise LookupError(f'"{request.path}" is one of the paths that have no session.')
    return request[VISIT].session


def has_none(request: web.Request) -> bool:
    """No path is without a session."""
    return False


class SessionMiddleware:
    """Opens a session before each request and saves it after the handler, before the answer.

    A handler that begins its answer by itself, as streams do, saves the session before; what
    changes later is saved too, but no cookie can follow.

    ``cookie`` is the cookie's name, ``https`` says that clients always use https, ``skip`` names
    the requests without a session: health checks and static files.
    """

    def __init__(
        self,
        sessions: Sessions,
        keyring: KeyRing,
        *,
        cookie: str = "satchel",
        https: bool = False,
        proxies: Proxies | None = None,
        skip: Callable[[web.Request], bool] = has_none,
    ) -> None:
        if not is_name(cookie):
            raise ValueError(f'"{cookie}" is no name for a cookie; use letters, digits, - and _.')
        self._sessions = sessions
        self._keyring = keyring
        self._cookie = cookie
        self._https = https
        self._proxies = proxies or Proxies()
        self._skip = skip

    def install(self, app: web.Application) -> None:
        """Take part in every request of this application."""
        app.middlewares.append(self._middleware())
        app.on_response_prepare.append(self._before_answer)

    def is_https(self, request: web.Request) -> bool:
        """Whether the client used https, as far as it can be believed."""
        lines = request.headers.getall("X-Forwarded-Proto", [])
        return self._https or request.secure or self._proxies.is_https(request.remote, lines)

    def client(self, request: web.Request) -> str:
        """Return the address of the client, for logs and the throttle."""
        lines = request.headers.getall("X-Forwarded-For", [])
        return self._proxies.client(request.remote, lines, request.headers.get("X-Real-IP", ""))

    def _middleware(self) -> Middleware:
        @web.middleware
        async def with_session(request: web.Request, handler: Handler) -> web.StreamResponse:
            if self._skip(request):
                return await handler(request)
            try:
                return await self._visit(request, handler)
            except Unavailable as error:
                if VISIT in request:  # the answer has begun, so there can be no other
                    raise
                logger.warning("%s %s: %s", request.method, request.rel_url.raw_path, error)
                headers = {"Retry-After": str(RETRY_AFTER)}
                raise web.HTTPServiceUnavailable(headers=headers, text=UNAVAILABLE) from error

        return with_session

    async def _visit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        cookie, seen = self._values(request, self._cookie, f"{self._cookie}_position")
        at = position_from(seen, self._keyring)
        label = request.headers.get("User-Agent", "")
        session = await Session.open(self._sessions, cookie, label)
        visit = request[VISIT] = Visit(session, at, at.as_mapping())
        before = position.set(at)
        try:
            return await self._answer(request, handler, visit)
        except web.HTTPException:
            raise
        except BaseException:
            # What a request that failed had changed is neither saved nor told to the browser.
            if not visit.is_answered:
                request.pop(VISIT, None)
            raise
        finally:
            position.reset(before)

    async def _answer(
        self, request: web.Request, handler: Handler, visit: Visit
    ) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPException as answer:
            await self._save(visit, answer)
            raise
        await self._save(visit, response)
        if visit.is_answered and visit.session.cookie != visit.cookie:
            logger.warning(
                "%s: the session changed after the answer began; its cookie is lost",
                request.rel_url.raw_path,
            )
        return response

    async def _save(self, visit: Visit, response: web.StreamResponse) -> None:
        if visit.session.is_unsaved:
            await settled(visit.session.save())

    async def _before_answer(self, request: web.Request, response: web.StreamResponse) -> None:
        if VISIT not in request:
            return
        visit = request[VISIT]
        visit.is_answered, visit.cookie = True, visit.session.cookie
        if visit.cookie:
            self._tell(request, response, self._cookie, visit.cookie)
        if visit.position.as_mapping() != visit.told:
            at = Cookie(cookie_of(visit.position, self._keyring))
            self._tell(request, response, f"{self._cookie}_position", at)

    def _values(self, request: web.Request, *names: str) -> list[str]:
        lines, https = request.headers.getall("Cookie", []), self.is_https(request)
        return [value_of(name_of(name, https=https), lines) for name in names]

    def _tell(
        self, request: web.Request, response: web.StreamResponse, name: str, cookie: Cookie
    ) -> None:
        # By now aiohttp has turned the response's own cookies into headers; it would miss another.
        line = line_of(name, cookie, https=self.is_https(request))
        response.headers.add("Set-Cookie", line)
        response.headers.setdefault("Cache-Control", "no-store")
