"""Which sessions an owner has: one register an owner, so that a list is whole."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress

from satchel_hookspecs import StoreError
from satchel_memcache import Memcache, Value

LIFETIMES = 2
MOST = 1000

Listed = dict[str, float]


class Owners:
    """Keys of sessions under their owners, each until it is over for sure.

    A key may be listed though its session has ended. Of more than ``MOST`` those are left out that
    are over first.
    """

    def __init__(self, memcache: Memcache, clock: Callable[[], float]) -> None:
        self._memcache = memcache
        self._register = memcache.register()
        self._clock = clock

    async def keys(self, owner: str) -> Sequence[str]:
        """Every key that may be a session of the owner."""
        found = await self._register.read(self._name(owner))
        return [] if found is None else list(_listed(found))

    async def add(self, owner: str, key: str, ttl: float) -> float:
        """List a key whose session lives for ``ttl`` seconds; return until when it is listed.

        That is longer than asked for, so that not every touch has to write the list.
        """
        now = self._clock()
        until = now + LIFETIMES * ttl

        def step(value: Value | None) -> Value:
            kept = {one: ends for one, ends in _listed(value).items() if ends > now}
            kept[key] = max(until, kept.get(key, 0.0))
            newest = sorted(kept.items(), key=lambda one: one[1])[-MOST:]
            return Value(json.dumps(dict(newest)).encode(), newest[-1][1])

        await self._register.change(self._name(owner), step)
        return until

    async def drop(self, owner: str, key: str) -> None:
        """List the key no more, if that can be done now; its session has ended in any case."""

        def step(value: Value | None) -> Value | None:
            if value is None or key not in (kept := _listed(value)):
                return value
            del kept[key]
            return Value(json.dumps(kept).encode(), value.expires)

        with suppress(StoreError):
            await self._register.change(self._name(owner), step)

    def _name(self, owner: str) -> str:
        return self._memcache.key("owner", owner)


def _listed(value: Value | None) -> Listed:
    listed: Listed = {} if value is None else json.loads(value.body)
    return listed
