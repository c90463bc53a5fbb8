"""What a call through the relay costs, beside awaiting the store itself and beside pluggy."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pluggy

from satchel.plugins.registry import PluginManager
from satchel.plugins.relay import compile_hooks
from satchel_hookspecs import SessionRecord, SessionSpecs, hookimpl
from tests.bench import Measurement
from tests.bench.timing import Repeated, best_of

TIMES, ROUNDS = 1000, 200
KEY = "k" * 64

plain_spec = pluggy.HookspecMarker("plain")
plain_impl = pluggy.HookimplMarker("plain")


class Store:
    """Has no session."""

    @hookimpl
    @plain_impl
    async def session_read(self, key: str) -> SessionRecord | None:
        return None


class Around:
    """Passes everything on."""

    @hookimpl(around=True)
    async def session_read(
        self, key: str, *, call_next: Callable[..., Awaitable[SessionRecord | None]]
    ) -> SessionRecord | None:
        return await call_next()


class PlainSpecs:
    """The same hook as pluggy would have it."""

    @plain_spec(firstresult=True)
    def session_read(self, key: str) -> Awaitable[SessionRecord | None]:
        raise NotImplementedError


def measure() -> Iterator[Measurement]:
    """Compare one call on each way."""
    ways = [_directly(Store()), _relayed(0), _relayed(3), _plainly(Store())]
    direct, relayed, wrapped, plain = asyncio.run(best_of(ways, TIMES, ROUNDS))
    yield Measurement("relay: one store", relayed, "a direct await", direct, at_most=10)
    yield Measurement("relay: three wrappers around it", wrapped, "a direct await", direct, 25)
    yield Measurement("bare pluggy, awaited", plain, "a direct await", direct)


def _directly(store: Store) -> Repeated:
    async def way(times: int) -> None:
        for _ in range(times):
            await store.session_read(key=KEY)

    return way


def _relayed(wrappers: int) -> Repeated:
    manager = PluginManager()
    manager.add_hookspecs(SessionSpecs)
    manager.register(Store(), "store")
    names = [f"around {number}" for number in range(wrappers)]
    for name in names:
        manager.register(Around(), name)
    return _called(compile_hooks(manager, {SessionSpecs: names}))


def _plainly(store: Store) -> Repeated:
    manager = pluggy.PluginManager("plain")
    manager.add_hookspecs(PlainSpecs)
    manager.register(store)
    return _called(manager.hook)


# Any: whatever has the hook as an awaitable call.
def _called(hooks: Any) -> Repeated:
    async def way(times: int) -> None:
        for _ in range(times):
            await hooks.session_read(key=KEY)

    return way
