"""Copies: items that never change, each on the two hosts of its key."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from satchel_hookspecs import StoreError
from satchel_memcache.counters import Counters
from satchel_memcache.expiry import to_exptime
from satchel_memcache.host import Host
from satchel_memcache.ring import Ring

IN_FLIGHT = 8
BATCH = 64
LARGE = 64 * 1024
HOME = "/"
"""Keys that are alike up to here lie on the same hosts."""

Answer = TypeVar("Answer")


class Item(NamedTuple):
    """What an item is called, and whether these bytes are it."""

    key: str
    is_right: Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class Extended:
    """Items that no host has any more; ``is_whole`` if every host answered for every item."""

    lost: Sequence[Item]
    is_whole: bool


class Found(NamedTuple):
    """An item, and the hosts that should have it and have not."""

    raw: bytes
    behind: Sequence[Host]


class Copies:
    """Keeps items under keys that are used once, so that any copy is right or is none.

    A host gets few at a time: the others wait here, and not within its deadline.
    """

    def __init__(
        self, hosts: Sequence[Host], clock: Callable[[], float], counters: Counters
    ) -> None:
        self._ring = Ring(hosts)
        self._clock = clock
        self._counters = counters
        self._turns: dict[str, asyncio.Semaphore] = {}

    def hosts_of(self, key: str) -> Sequence[Host]:
        """The hosts of this key, first in rank first."""
        return self._ring.hosts_of(key.partition(HOME)[0])

    async def put(self, key: str, raw: bytes, until: float) -> None:
        """Keep a new item; one copy is enough while the other host does not answer."""
        exptime = to_exptime(until, self._clock())
        hosts = self.hosts_of(key)
        answers = await _all([self._put(host, key, raw, exptime) for host in hosts])
        failures = [answer for answer in answers if isinstance(answer, StoreError)]
        if len(failures) == len(hosts):
            raise failures[0]
        self._counters.alone += bool(failures)

    async def get(self, item: Item) -> Found | None:
        """The first copy that is right, with the hosts before it, which have none.

        ``None`` when no host has it, ``Unavailable`` when one of them may.
        """
        behind, failure = list[Host](), None
        for host in self.hosts_of(item.key):
            try:
                raw = await self._look(host, item.key)
            except StoreError as error:
                failure = error
                continue
            if raw is not None and await _is_right(item, raw):
                return Found(raw, behind)
            self._counters.forged += raw is not None
            behind.append(host)
        if failure is not None:
            raise failure
        return None

    async def repair(self, item: Item, found: Found, until: float) -> None:
        """Bring what was found to the hosts that have none, those that answer."""
        for host in found.behind:
            try:
                await self._put(host, item.key, found.raw, to_exptime(until, self._clock()))
            except StoreError:
                continue  # one copy was right, and whoever needs it next tries again
            self._counters.repaired += 1

    async def extend(self, items: Sequence[Item], until: float) -> Extended:
        """Keep the items for longer; a host that has lost one gets it from the other."""
        lost, is_whole = list[Item](), True
        for at in range(0, len(items), BATCH):
            batch = items[at : at + BATCH]
            touched = await asyncio.gather(*(self._touch(item, until) for item in batch))
            lost += [item for item, one in zip(batch, touched, strict=True) if one is None]
            is_whole = is_whole and False not in touched
        return Extended(lost, is_whole)

    async def drop(self, keys: Sequence[str]) -> bool:
        """Delete the items; false when a host did not answer, so that it may have some yet."""
        is_whole = True
        for at in range(0, len(keys), BATCH):
            asked = [
                host.delete(key) for key in keys[at : at + BATCH] for host in self.hosts_of(key)
            ]
            is_whole = is_whole and not any(
                isinstance(answer, StoreError) for answer in await _all(asked)
            )
        return is_whole

    async def _touch(self, item: Item, until: float) -> bool | None:
        """Whether both hosts keep it from now on; ``None`` when no host has it."""
        exptime = to_exptime(until, self._clock())
        hosts = self.hosts_of(item.key)
        answers = await _all([host.touch(item.key, exptime) for host in hosts])
        if any(isinstance(answer, StoreError) for answer in answers):
            return False
        behind = [host for host, answer in zip(hosts, answers, strict=True) if not answer]
        if not behind:
            return True
        found = await self.get(item)
        if found is None:
            return None
        await self.repair(item, Found(found.raw, behind), until)
        return True

    async def _put(self, host: Host, key: str, raw: bytes, exptime: int) -> None:
        async with self._turn(host):
            await host.set(key, raw, exptime)

    async def _look(self, host: Host, key: str) -> bytes | None:
        async with self._turn(host):
            return (await host.look(key)).raw

    def _turn(self, host: Host) -> asyncio.Semaphore:
        return self._turns.setdefault(host.name, asyncio.Semaphore(IN_FLIGHT))


async def _is_right(item: Item, raw: bytes) -> bool:
    """Whether these bytes are it; the digest of many is made beside the loop."""
    if len(raw) < LARGE:
        return item.is_right(raw)
    return await asyncio.to_thread(item.is_right, raw)


async def _all(
    asked: Sequence[Coroutine[Any, Any, Answer]],  # Any: what a coroutine yields
) -> Sequence[Answer | StoreError]:
    """Ask all at once; what a host cannot do is its answer."""
    answers = await asyncio.gather(*asked, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, StoreError):
            raise answer
    return answers  # type: ignore[return-value]  # no other exception is left
