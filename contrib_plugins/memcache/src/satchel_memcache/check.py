"""Whether the hosts are well, as an operator wants to know it."""

import asyncio
from collections.abc import Callable, Sequence
from time import monotonic

from satchel_hookspecs import Health, Unavailable
from satchel_memcache.birth import Birth
from satchel_memcache.counters import Counters
from satchel_memcache.errors import UnusableMemcache
from satchel_memcache.host import Host
from satchel_memcache.line import Line, Statistics

SKEW = 5.0
FRESH = 3600.0
"""Seconds for which a loss is a trouble; from then on it is a hint, as nothing undoes it."""


class Check:
    """Asks every host for its statistics; what it saw last tells what has changed since."""

    def __init__(
        self,
        hosts: Sequence[Host],
        birth: Birth,
        counted: Callable[[], Counters],
        clock: Callable[[], float],
    ) -> None:
        self._hosts = hosts
        self._birth = birth
        self._counted = counted
        self._clock = clock
        self._evictions: dict[str, int] = {}
        self._lost, self._lost_at = 0, -FRESH

    async def begin(self) -> None:
        """Ask every host once; ``UnusableMemcache`` when not one of them answers."""
        answers = await self._ask()
        if all(isinstance(answer, Unavailable) for answer in answers):
            reasons = " ".join(str(answer) for answer in answers)
            raise UnusableMemcache(f"No host of memcache_hosts answers: {reasons}")
        await self._birth.compare(self._hosts)

    async def health(self) -> Health:
        """Failed without any host; degraded when one is away, forgets, or has another time."""
        answers, lacking = await self._ask(), await self._birth.compare(self._hosts)
        away = [str(answer) for answer in answers if isinstance(answer, Unavailable)]
        if len(away) == len(answers):
            return Health("failed", f"No memcached host answers: {' '.join(away)}")
        troubles = list(away)
        for host, answer in zip(self._hosts, answers, strict=True):
            if not isinstance(answer, Unavailable):
                troubles += self._troubles(host, answer)
        troubles += [
            f"{host.name} does not have everything yet: the others fill it." for host in lacking
        ]
        hints = self._hints(answers)
        (troubles if self._has_lost() else hints).extend(self._losses())
        if troubles:
            return Health("degraded", " ".join([*troubles, *hints]))
        return Health("ok", " ".join(hints))

    async def _ask(self) -> Sequence[Statistics | Unavailable]:
        return await asyncio.gather(*(self._statistics(host) for host in self._hosts))

    async def _statistics(self, host: Host) -> Statistics | Unavailable:
        try:
            return await host.run(Line.ask_statistics)
        except Unavailable as error:
            return error

    def _has_lost(self) -> bool:
        """Whether something was lost within the last hour, as far as was looked."""
        counted = self._counted()
        if (lost := counted.forged + counted.lost) > self._lost:
            self._lost, self._lost_at = lost, monotonic()
        return monotonic() - self._lost_at < FRESH

    def _losses(self) -> list[str]:
        losses, counted = [], self._counted()
        if counted.forged:
            losses.append(f"Values that satchel did not write: {counted.forged}.")
        if counted.lost:
            losses.append(f"Blocks or chunks that are gone from every host: {counted.lost}.")
        return losses

    def _hints(self, answers: Sequence[Statistics | Unavailable]) -> list[str]:
        """What is no trouble yet, and may become one."""
        hints = []
        if len(self._hosts) == 1:
            hints.append("With one memcached host nothing is kept twice: name a second one.")
        limits = {host.limit for host in self._hosts if host.limit is not None}
        if len(limits) > 1:
            hints.append("The hosts take items of different sizes (-I): the smallest one counts.")
        for host, answer in zip(self._hosts, answers, strict=True):
            if not isinstance(answer, Unavailable) and int(answer[b"evictions"]):
                dropped = int(answer[b"evictions"])
                hints.append(f"{host.name} has dropped {dropped} values since it began.")
        if alone := self._counted().alone:
            hints.append(
                f"Writes with fewer copies than they should have: {alone}. Where two nodes reached"
                " different hosts, one of their writes is lost."
            )
        return hints

    def _troubles(self, host: Host, answer: Statistics) -> list[str]:
        troubles = []
        evictions = int(answer[b"evictions"])
        if evictions > self._evictions.setdefault(host.name, evictions):
            troubles.append(f"{host.name} drops values for want of memory: give it more (-m).")
        self._evictions[host.name] = evictions
        skew = abs(float(answer[b"time"]) - self._clock())
        if skew > SKEW:
            troubles.append(f"The clock of {host.name} differs from this node's by {skew:.0f} s.")
        return troubles
