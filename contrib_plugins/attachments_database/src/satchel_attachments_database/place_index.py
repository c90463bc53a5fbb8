"""Which places there are in memcached, which cannot list its keys."""

import json
from collections.abc import AsyncGenerator, Callable, Mapping
from hashlib import sha256

from satchel_attachments_database.place import checked
from satchel_hookspecs import Place
from satchel_memcache import LargeRegister, Memcache, Value

SHARDS = 64
LARGEST = 8 * 1024 * 1024

Change = Callable[[dict[str, float]], object]


class PlaceIndex:
    """Lists places until their time, in registers that the owner's name chooses."""

    def __init__(self, memcache: Memcache, clock: Callable[[], float]) -> None:
        self._memcache = memcache
        self._register: LargeRegister = memcache.large_register(LARGEST)
        self._clock = clock

    async def places(self, owner: str | None) -> AsyncGenerator[Place, None]:
        """Every place of the owner, or of all."""
        shards = range(SHARDS) if owner is None else [_shard(checked(owner))]
        for shard in shards:
            for name in sorted(_listed(await self._register.read(self._name(shard)))):
                place = Place(*name.split(" "))
                if owner in (None, place.owner):
                    yield place

    async def add(self, place: Place, until: float) -> None:
        """List the place until then."""
        await self._change(place, lambda listed: listed.update({_named(place): until}))

    async def drop(self, place: Place) -> None:
        """List the place no more."""
        await self._change(place, lambda listed: listed.pop(_named(place), None))

    async def _change(self, place: Place, change: Change) -> None:
        def step(value: Value | None) -> Value | None:
            now = self._clock()
            listed = {name: until for name, until in _listed(value).items() if until > now}
            change(listed)
            if not listed:
                return None
            return Value(json.dumps(listed).encode(), max(listed.values()))

        await self._register.change(self._name(_shard(place.owner)), step)

    def _name(self, shard: int) -> str:
        return self._memcache.key("places", str(shard))


def _shard(owner: str) -> int:
    return sha256(owner.encode()).digest()[0] % SHARDS


def _named(place: Place) -> str:
    return f"{checked(place.owner)} {checked(place.group)}"


def _listed(value: Value | None) -> Mapping[str, float]:
    listed: dict[str, float] = {} if value is None else json.loads(value.body)
    return listed
