"""Items that never change: what each is called, what proves it, and what became of it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from satchel_memcache.host import Host

LARGE = 64 * 1024
HOME = "/"
"""Keys that are alike up to here lie on the same hosts."""


class Item(NamedTuple):
    """What an item is called, and whether these bytes are it."""

    key: str
    is_right: Callable[[bytes], bool]

    async def proves(self, raw: bytes) -> bool:
        """Whether these bytes are it; the digest of many is made beside the loop."""
        if len(raw) < LARGE:
            return self.is_right(raw)
        return await asyncio.to_thread(self.is_right, raw)


@dataclass(frozen=True, slots=True)
class Extended:
    """Items that no host has any more; ``is_whole`` if every host answered for every item."""

    lost: Sequence[Item]
    is_whole: bool


class Found(NamedTuple):
    """An item, and the hosts that should have it and have not."""

    raw: bytes
    behind: Sequence[Host]
