"""A storage of somebody else: a class or a function that makes one."""

import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib.metadata import EntryPoint, entry_points

from aiohttp_session import AbstractStorage

from satchel_session_native.config import BUILT_IN, NativeConfig
from satchel_session_native.opened import Opened

GROUP = "satchel_session_native.storages"

Maker = Callable[..., object]


def find_maker(name: str) -> Maker:
    """Import what makes the storage: by ``package.module:name``, or by its entry point."""
    points = [EntryPoint(name, name, GROUP)] if ":" in name else [*_installed(name)]
    if len(points) != 1:
        known = sorted({*BUILT_IN, *(point.name for point in entry_points(group=GROUP))})
        count = "No storage" if not points else "More than one storage"
        raise ValueError(
            f'{count} is called "{name}". There is {", ".join(known)}; "package.module:name" '
            "names any other."
        )
    made: object = points[0].load()
    if not callable(made):
        raise TypeError(f'"{name}" is no class and no function that makes a storage.')
    return made


@asynccontextmanager
async def open_foreign(config: NativeConfig, make: Maker) -> AsyncIterator[Opened]:
    """Call it with the options and the cookie's parameters; what it opens is closed at the end.

    It may return a storage, be async, or return an async context manager that gives one.
    """
    async with AsyncExitStack() as stack:
        made = make(**config.options, **config.cookie)
        if inspect.isawaitable(made):
            made = await made
        if isinstance(made, AbstractAsyncContextManager):
            made = await stack.enter_async_context(made)
        if not isinstance(made, AbstractStorage):
            raise TypeError(f'"{config.storage}" made no AbstractStorage of aiohttp-session.')
        yield Opened(made)


def _installed(name: str) -> list[EntryPoint]:
    return list(entry_points(group=GROUP, name=name))
