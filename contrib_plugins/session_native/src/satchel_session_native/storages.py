"""The storage that the settings name, and what it cannot promise."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial

from satchel_hookspecs import PluginContext
from satchel_session_native.config import APPLICATION, NativeConfig
from satchel_session_native.cookie import make_ring, open_cookie
from satchel_session_native.foreign import find_maker, open_foreign
from satchel_session_native.opened import Opened, Opening

ALWAYS = (
    "Two requests that change one session at the same time are not merged: the answer that comes"
    " last wins.",
    "A session cannot change any more after its answer has begun; such a change is refused.",
    "It is not known where somebody is signed in: a single other session cannot be ended, all"
    " others together can.",
)
IN_COOKIES = (
    "A session has to fit into a cookie of 4096 bytes; a larger one is refused.",
    "A cookie cannot be taken back; that its session has ended is kept among the records.",
)
ON_ONE_HOST = ("One host keeps all sessions: when it restarts empty, everybody has to sign in.",)
OF_APPLICATION = (
    "An answer that streams or sends a file cannot change a session; such a change is refused.",
    "How long a session lives with the application, and its cookie, are up to the application.",
)


@dataclass(frozen=True, slots=True)
class Choice:
    """How the storage is opened, and sentences on what it cannot promise."""

    open: Callable[[], Opening]
    cannot: tuple[str, ...]


class MissingLibrary(Exception):
    """What a storage needs is not installed."""


def choose(config: NativeConfig, ctx: PluginContext) -> Choice:
    """Find the storage; whatever is wrong with it besides its server is found here."""
    if config.storage == "cookie":
        return Choice(partial(open_cookie, config, make_ring(config, ctx)), (*ALWAYS, *IN_COOKIES))
    if config.storage == "memcached":
        with _needs("aiomcache", config.storage):
            from satchel_session_native.memcached import open_memcached, parse_host
        return Choice(
            partial(open_memcached, config, parse_host(config.dsn)), (*ALWAYS, *ON_ONE_HOST)
        )
    if config.storage == "redis":
        with _needs("redis", config.storage):
            from satchel_session_native.redis import make_client, open_redis
        return Choice(partial(open_redis, config, make_client(config)), ALWAYS)
    if config.storage == APPLICATION:
        return Choice(_open_nothing, (*ALWAYS, *OF_APPLICATION))
    return Choice(partial(open_foreign, config, find_maker(config.storage)), ALWAYS)


@asynccontextmanager
async def _open_nothing() -> AsyncIterator[Opened]:
    yield Opened(None)


@contextmanager
def _needs(library: str, extra: str) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingLibrary(
            f'The storage "{extra}" needs {library}; type: '
            f"pip install 'satchel-session-native[{extra}]'"
        ) from error
