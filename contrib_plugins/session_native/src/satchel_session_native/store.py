"""The store that keeps nothing: it hands on the session that the platform has of a request."""

import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar

from aiohttp import web
from aiohttp_session import (
    SESSION_KEY,
    STORAGE_KEY,
    AbstractStorage,
    get_session,
    new_session,
    session_middleware,
)

from satchel_hookspecs import Health, PlatformSession, PluginContext, hookimpl
from satchel_session_native.config import NativeConfig
from satchel_session_native.guard import FAULTY, guarded
from satchel_session_native.opened import Opened
from satchel_session_native.session import KeptByApplication, KeptHere, NativeSession
from satchel_session_native.storages import choose

FOUND = web.RequestKey("satchel_session_native", NativeSession)
SET_UP_TWICE = (
    "The application has set up aiohttp-session by itself, so satchel must not choose a storage"
    ' for it. Write storage = "application" under [session_native].'
)
NOT_SET_UP = (
    "The application has not set up aiohttp-session, or only after satchel. Call"
    " aiohttp_session.setup(app, storage) before satchel.setup(app, settings), or name a storage"
    " under [session_native]."
)


class NativeSessions:
    """The sessions of aiohttp-session, with the storage of the settings or the application's."""

    Config = NativeConfig
    capabilities: ClassVar[frozenset[str]] = frozenset({"platform"})

    def __init__(self, config: NativeConfig, ctx: PluginContext) -> None:
        self._config = config
        self._logger = ctx.logger
        self._choice = choose(config, ctx)
        self._opened = Opened(None)
        self.cannot = self._choice.cannot

    @hookimpl
    @asynccontextmanager
    async def plugin_lifespan(self, ctx: PluginContext) -> AsyncIterator[None]:
        async with self._choice.open() as self._opened:
            yield

    @hookimpl
    async def plugin_health(self) -> Health:
        await guarded(self._opened.ping(), self._config.timeout)
        return Health("ok", f'The platform keeps the sessions ("{self._config.storage}").')

    @hookimpl
    async def session_platform(self, request: object) -> PlatformSession:
        if not isinstance(request, web.Request):
            raise TypeError(f"This is no request of aiohttp: {request!r}.")
        if FOUND not in request:
            request[FOUND] = await self._find(request)
        return request[FOUND]

    async def _find(self, request: web.Request) -> NativeSession:
        storage, seconds = self._opened.storage, self._config.timeout
        if storage is None:
            return KeptByApplication(request, await self._load(request), seconds)
        if STORAGE_KEY in request:
            raise RuntimeError(SET_UP_TWICE)
        _set_quietly(request, STORAGE_KEY, storage)
        await self._load(request)
        middleware, https = session_middleware(storage), self._config.use_https
        return KeptHere(request, storage, seconds, middleware, https=https)

    async def _load(self, request: web.Request) -> AbstractStorage:
        storage: AbstractStorage | None = request.get(STORAGE_KEY)
        if storage is None:
            raise RuntimeError(NOT_SET_UP)
        if SESSION_KEY not in request:
            _set_quietly(request, SESSION_KEY, None)
        try:
            await guarded(get_session(request), self._config.timeout)
        except FAULTY as error:
            self._logger.warning("A session cannot be read, so it is a new one: %r", error)
            await guarded(new_session(request), self._config.timeout)
        return storage


def _set_quietly(request: web.Request, key: str, value: object) -> None:
    """Set what the library knows by a text; aiohttp advises against texts, once for each."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", web.NotAppKeyWarning)
        request[key] = value
