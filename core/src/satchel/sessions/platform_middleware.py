"""The middleware for sessions that the platform keeps."""

from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.http import StreamWriter
from aiohttp.typedefs import Handler

from satchel.sessions.middleware import VISIT, SessionMiddleware, Visit, has_none
from satchel.sessions.platform import Held, held
from satchel.sessions.proxies import Proxies
from satchel.sessions.seal import KeyRing
from satchel.sessions.sessions import Sessions
from satchel_hookspecs import settled

HELD = web.RequestKey("satchel_held", Held)


class PlatformMiddleware(SessionMiddleware):
    """Asks the platform for the session of each request, and lets it keep what has changed.

    The cookie of satchel carries what opens the sealed part of that session, and is no session by
    itself. What changes after the answer has begun is refused.
    """

    # Any: the relay, or whatever has the hook as an async method.
    def __init__(
        self,
        hooks: Any,
        sessions: Sessions,
        keyring: KeyRing,
        *,
        cookie: str = "satchel",
        https: bool = False,
        proxies: Proxies | None = None,
        skip: Callable[[web.Request], bool] = has_none,
    ) -> None:
        super().__init__(sessions, keyring, cookie=cookie, https=https, proxies=proxies, skip=skip)
        self._hooks = hooks

    async def _visit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        found = request[HELD] = Held(await self._hooks.session_platform(request=request))
        before = held.set(found)
        try:
            return await super()._visit(request, handler)
        finally:
            held.reset(before)

    async def _save(self, visit: Visit, response: web.StreamResponse) -> None:
        await super()._save(visit, response)
        found = held.get()
        if not found.is_closed:
            found.lines = tuple(await settled(found.session.save(response)))
            found.is_closed = True

    async def _before_answer(self, request: web.Request, response: web.StreamResponse) -> None:
        found = request.get(HELD)
        if found is None or VISIT not in request:
            return
        if not found.is_closed:
            await self._save_before_stream(request, response)
        await super()._before_answer(request, response)
        for line in found.lines:
            response.headers.add("Set-Cookie", line)
            response.headers.setdefault("Cache-Control", "no-store")

    async def _save_before_stream(self, request: web.Request, response: web.StreamResponse) -> None:
        """Save for a handler that begins its answer by itself; if that fails, another one comes."""
        try:
            await self._save(request[VISIT], response)
        except BaseException:
            # By now aiohttp has told the writer that chunks will come; it would frame the other so.
            if isinstance(request.writer, StreamWriter):
                request.writer.chunked = False
            raise
