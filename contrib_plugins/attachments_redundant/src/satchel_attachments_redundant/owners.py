"""Which composes an owner has: one more value in the mirror, so that all of them are found."""

import json
from collections.abc import Callable, Sequence

from satchel_attachments_redundant.mirror import Mirror
from satchel_hookspecs import Place
from satchel_memcache import Value

INDEX = "_composes"
SLACK = 6 * 3600.0

Listed = dict[str, float]


class Owners:
    """Lists each compose until it is over, and some hours longer."""

    def __init__(self, mirror: Mirror, clock: Callable[[], float]) -> None:
        self._mirror = mirror
        self._clock = clock

    async def groups(self, owner: str) -> Sequence[str]:
        """Every group that may be open."""
        return sorted(_listed(await self._mirror.read(Place(owner, INDEX))))

    async def add(self, place: Place, expires: float) -> None:
        """List a group until ``expires`` at least; not every touch of it writes."""
        now = self._clock()

        def step(value: Value | None) -> Value | None:
            listed = _listed(value)
            if value is not None and listed.get(place.group, 0.0) >= expires:
                return value
            kept = {group: until for group, until in listed.items() if until > now}
            kept[place.group] = expires + SLACK
            return Value(json.dumps(kept).encode(), max(kept.values()))

        await self._mirror.change(Place(place.owner, INDEX), step)


def _listed(value: Value | None) -> Listed:
    listed: Listed = {} if value is None else json.loads(value.body)
    return listed
