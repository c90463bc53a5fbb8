"""Which pieces lie at a place: one register a place, since memcached cannot list its keys."""

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple

from satchel_hookspecs import Place
from satchel_memcache.register import Register, Value

Listed = Mapping[str, "Kept"]
Change = Callable[[dict[str, "Kept"]], None]


class Kept(NamedTuple):
    """When a piece was written, its frames ``first`` to ``stop``, and until when they are kept."""

    written: float
    first: int
    stop: int
    until: float


class PieceIndex:
    """Lists pieces as long as one of them is kept, and an hour longer."""

    linger = 3600.0

    def __init__(self, register: Register, key_of: Callable[[str, str], str]) -> None:
        self._register = register
        self._key_of = key_of

    async def read(self, place: Place) -> Listed:
        """The pieces at this place, by name."""
        return _listed(await self._register.read(self._name(place)))

    async def add(self, place: Place, pieces: Listed) -> None:
        """List these pieces, whatever was said of them before."""
        await self._change(place, lambda listed: listed.update(pieces))

    async def drop(self, place: Place, piece: str) -> None:
        """List the piece no more."""
        await self._change(place, lambda listed: listed.pop(piece, None))

    async def _change(self, place: Place, change: Callable[[dict[str, Kept]], object]) -> None:
        def step(value: Value | None) -> Value | None:
            listed = _listed(value)
            change(listed)
            if not listed:
                return None
            until = max(piece.until for piece in listed.values())
            return Value(json.dumps(listed).encode(), until + self.linger)

        await self._register.change(self._name(place), step)

    def _name(self, place: Place) -> str:
        return self._key_of("pieces", f"{place.owner} {place.group}")


def _listed(value: Value | None) -> dict[str, Kept]:
    found = {} if value is None else json.loads(value.body)
    return {name: Kept(*piece) for name, piece in found.items()}
