"""Since when a host has kept what it was given: a key that only grows old with it."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from satchel_hookspecs import Unavailable
from satchel_memcache.host import Host
from satchel_memcache.line import Line
from satchel_memcache.ring import COPIES
from satchel_memcache.seen import Seen, Token

DIGITS = 15
SAME = 5.0


@dataclass(frozen=True, slots=True)
class Born:
    """When a host began empty; in a mark, for which list of hosts it knows of everything."""

    at: float
    mark: bytes


class Known(NamedTuple):
    """What a host says of itself; ``born`` is ``None`` if it has begun just now."""

    host: Host
    born: Born | None
    token: object


class Birth:
    """A key in each host, added by whoever comes first after the host began empty.

    Nothing in any host is older than the oldest of them, so that one knows of everything. With
    another list of hosts, values have other homes, and one that knew of everything may not.
    """

    def __init__(
        self,
        key: str,
        names: Iterable[str],
        longest: Callable[[], float],
        clock: Callable[[], float],
    ) -> None:
        self.key = key
        self._mark = _mark_of(sorted(names))
        self._longest = longest
        self._clock = clock

    def greeting(self) -> bytes:
        """The command with which every connection begins: it leaves an older key as it is."""
        now = b"%d" % self._clock()
        return b"add %s 0 0 %d\r\n%s\r\n" % (self.key.encode(), len(now), now)

    async def recalls(self, host: Host) -> bool:
        """Whether the host would know of every value that has not ended."""
        born = _read(await host.look(self.key))
        if born is None:
            await host.run(self._greet)
            return False
        return self._is_whole(born)

    async def read(self, hosts: Sequence[Host]) -> Sequence[Known]:
        """What all of the hosts say; ``Unavailable`` if one does not answer."""
        seen = await asyncio.gather(*(host.look(self.key) for host in hosts))
        return [Known(host, _read(one), one.token) for host, one in zip(hosts, seen, strict=True)]

    def is_young(self, known: Known, wait: float = 0.0) -> bool:
        """Whether the host began ``wait`` seconds ago or more, and may not know of everything."""
        born = known.born
        return born is not None and not self._is_whole(born) and self._age(born) >= wait

    async def finish(self, known: Known) -> bool:
        """The host knows of everything from now on; false if it has begun again since then."""
        assert known.born is not None and isinstance(known.token, Token)
        return await known.host.cas(
            self.key, b"%d %s" % (known.born.at, self._mark), known.token, 0
        )

    async def compare(self, hosts: Sequence[Host]) -> Sequence[Host]:
        """Mark the oldest, and return those that lack values, if all hosts answer.

        A host without its key gets it.
        """
        try:
            known = await self.read(hosts)
            if any(each.born is None for each in known):
                await asyncio.gather(*(host.run(self._greet) for host in hosts))
                return ()
            oldest = min(each.born.at for each in known if each.born)
            lacking = []
            for each in known:
                if each.born and not each.born.mark and each.born.at <= oldest + SAME:
                    await self.finish(each)
                elif self.is_young(each):
                    lacking.append(each.host)
        except Unavailable:
            return ()  # whoever is away may be the oldest
        return lacking

    def _is_whole(self, born: Born) -> bool:
        return born.mark == self._mark if born.mark else self._age(born) > self._longest()

    def _age(self, born: Born) -> float:
        return self._clock() - born.at

    def _greet(self, line: Line) -> None:
        line.talk([[self.greeting()]])


def _mark_of(names: Sequence[str]) -> bytes:
    # Of so few hosts each keeps everything, whatever a node calls them.
    if len(names) <= COPIES:
        return b"%d" % len(names)
    return blake2b("\n".join(names).encode(), digest_size=8).hexdigest().encode()


def _read(seen: Seen) -> Born | None:
    number, _, mark = (seen.raw or b"").partition(b" ")
    if not number.isdigit() or len(number) > DIGITS:
        return None
    return Born(int(number), mark)
