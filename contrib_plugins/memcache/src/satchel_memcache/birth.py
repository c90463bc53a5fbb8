"""Since when a host has kept what it was given: a key that only grows old with it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from satchel_hookspecs import Unavailable
from satchel_memcache.host import Host
from satchel_memcache.line import Line
from satchel_memcache.seen import Seen, Token

OLDEST = b"oldest"
DIGITS = 15
SAME = 5.0


@dataclass(frozen=True, slots=True)
class Born:
    """When a host began empty; ``is_oldest`` if no host held anything older at that time."""

    at: float
    is_oldest: bool


class Birth:
    """A key in each host, added by whoever comes first after the host began empty.

    Nothing in any host is older than the oldest of them, so that one knows of everything.
    """

    def __init__(self, key: str, clock: Callable[[], float]) -> None:
        self._key = key
        self._clock = clock

    def greeting(self) -> bytes:
        """The command with which every connection begins: it leaves an older key as it is."""
        now = b"%d" % self._clock()
        return b"add %s 0 0 %d\r\n%s\r\n" % (self._key.encode(), len(now), now)

    async def recalls(self, host: Host, longest: float) -> bool:
        """Whether the host would know of every value that lives for ``longest`` at the most."""
        born = _read(await host.look(self._key))
        if born is None:
            await host.run(self._greet)
            return False
        return born.is_oldest or self._clock() - born.at > longest

    async def compare(self, hosts: Sequence[Host]) -> None:
        """Mark the oldest, if all hosts answer; a host without its key gets it."""
        try:
            seen = await asyncio.gather(*(host.look(self._key) for host in hosts))
            if any(one.raw is None for one in seen):
                await asyncio.gather(*(host.run(self._greet) for host in hosts))
                return
            await self._mark(hosts, seen)
        except Unavailable:
            return  # whoever is away may be the oldest

    def _greet(self, line: Line) -> None:
        line.talk([[self.greeting()]])

    async def _mark(self, hosts: Sequence[Host], seen: Sequence[Seen]) -> None:
        births = [_read(one) for one in seen]
        known = [born.at for born in births if born is not None]
        if len(known) < len(hosts):
            return
        for host, born, one in zip(hosts, births, seen, strict=True):
            if born and not born.is_oldest and born.at <= min(known) + SAME:
                assert isinstance(one.token, Token)
                await host.cas(self._key, b"%d %s" % (born.at, OLDEST), one.token, 0)


def _read(seen: Seen) -> Born | None:
    number, _, mark = (seen.raw or b"").partition(b" ")
    if not number.isdigit() or len(number) > DIGITS:
        return None
    return Born(int(number), mark == OLDEST)
