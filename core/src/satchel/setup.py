"""Joins satchel to an aiohttp application."""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from satchel.attachments import Attachments
from satchel.host import Host
from satchel.sessions import Proxies, Session, SessionMiddleware
from satchel.sessions.middleware import has_none, session_of
from satchel.sessions.platform_middleware import PlatformMiddleware
from satchel.settings import Settings

HOST = web.AppKey("satchel_host", Host)
MIDDLEWARE = web.AppKey("satchel_middleware", SessionMiddleware)


def setup(
    app: web.Application,
    settings: Settings,
    skip: Callable[[web.Request], bool] = has_none,
) -> Host:
    """Give ``app`` a host of these settings; its plugins live as long as the application.

    ``skip`` names the requests without a session: health checks and static files. Raises
    ``StartupError`` at once for all that is wrong with settings and plugins.
    """
    host = Host(settings)
    app[HOST] = host
    app[MIDDLEWARE] = _make_middleware(host, skip)
    if settings.trusted_host_patterns:
        app.middlewares.append(_refuse_other_hosts(settings.trusted_host_patterns))
    app[MIDDLEWARE].install(app)
    app.cleanup_ctx.append(_lived)
    return host


def session(request: web.Request) -> Session:
    """The session of this request."""
    return session_of(request)


def attachments(request: web.Request) -> Attachments:
    """The attachments of who is signed in; ``LookupError`` when nobody is."""
    owner = session_of(request).owner
    if owner is None:
        raise LookupError("Nobody is signed in, so there are no attachments to ask for.")
    return request.app[HOST].attachments.of(owner)


def client(request: web.Request) -> str:
    """The address of the client, past the proxies that are trusted."""
    return request.app[MIDDLEWARE].client(request)


def _make_middleware(host: Host, skip: Callable[[web.Request], bool]) -> SessionMiddleware:
    settings = host.settings
    make: Callable[..., SessionMiddleware] = SessionMiddleware
    if host.plugins.is_on_platform:
        make = partial(PlatformMiddleware, host.hooks)
    return make(
        host.services.sessions,
        host.services.keyring,
        cookie=settings.session_name,
        https=settings.use_https,
        proxies=Proxies([str(network) for network in settings.proxy_whitelist]),
        skip=skip,
    )


def _refuse_other_hosts(patterns: Sequence[re.Pattern[str]]) -> Middleware:
    """A request whose ``Host`` is none of ours is answered with 400, before anything is opened."""

    @web.middleware
    async def check_host(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = re.sub(r":\d{1,5}$", "", request.headers.get("Host", "")).lower()
        if not any(pattern.fullmatch(host) for pattern in patterns):
            raise web.HTTPBadRequest(text="This is not the address of this site.")
        return await handler(request)

    return check_host


async def _lived(app: web.Application) -> AsyncIterator[None]:
    async with app[HOST].started():
        yield
