"""The cookie of a storage that keeps sessions under an id."""

import re

from aiohttp import web
from aiohttp_session import AbstractStorage

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


class IdCookie(AbstractStorage):
    """Believes only what looks like an id of ours, so that no cookie becomes a strange key."""

    def load_cookie(self, request: web.Request) -> str | None:
        """The id in the cookie of this request, if it has one."""
        cookie = super().load_cookie(request)
        return cookie if cookie is not None and _ID.fullmatch(cookie) else None
