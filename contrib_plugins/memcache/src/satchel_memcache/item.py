"""Items that never change: what each is called, what proves it, and what became of it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from satchel_memcache.host import Host

LARGE = 64 * 1024
HOME = "/"
"""Keys that are alike up to here lie on the same hosts."""

Proved = TypeVar("Proved", covariant=True)


class Item(NamedTuple, Generic[Proved]):
    """What an item is called, and how its bytes are proved: ``None`` if they are not it."""

    key: str
    prove: Callable[[bytes], Proved | None]

    async def proved(self, raw: bytes) -> Proved | None:
        """What these bytes are; the digest of many is made beside the loop."""
        if len(raw) < LARGE:
            return self.prove(raw)
        return await asyncio.to_thread(self.prove, raw)


@dataclass(frozen=True, slots=True)
class Extended:
    """Items that no host has any more; ``is_whole`` if every host answered for every item."""

    lost: Sequence[Item[object]]
    is_whole: bool


class Found(NamedTuple, Generic[Proved]):
    """What an item is, its bytes, and the hosts that should have it and have not."""

    value: Proved
    raw: bytes
    behind: Sequence[Host]
