"""Copies: items that never change, each on the two hosts of its key."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from satchel_hookspecs import StoreError
from satchel_memcache.counters import Counters
from satchel_memcache.expiry import to_exptime
from satchel_memcache.host import TOUCHED, Host, Keyed
from satchel_memcache.item import HOME, Extended, Found, Item, Proved
from satchel_memcache.ring import Ring

IN_FLIGHT = 4
BATCH = 64

Answer = TypeVar("Answer")
Sending = asyncio.Future[Sequence[bytes]]
Putting = Sequence[tuple[Host, Sending]]
"""New items on their way: the hosts, and what each will answer."""


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

    async def put(self, key: str, parts: Sequence[bytes], until: float) -> None:
        """Keep a new item, given in parts."""
        await self.end(await self.begin([(key, parts)], until))

    async def begin(self, items: Sequence[Keyed], until: float) -> Putting:
        """Send new items, which have one home, as soon as their hosts have room.

        ``end`` waits for the answers.
        """
        exptime = to_exptime(until, self._clock())
        hosts = self.hosts_of(items[0][0])
        return [(host, await self._send(host, items, exptime)) for host in hosts]

    async def end(self, putting: Putting) -> None:
        """One copy is enough while the other host does not answer; none is the first's failure."""
        told = [await _failure(host, answer) for host, answer in putting]
        failures = [failure for failure in told if failure is not None]
        if len(failures) == len(putting):
            raise failures[0]
        self._counters.alone += bool(failures)

    async def get(self, item: Item[Proved]) -> Found[Proved] | None:
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
            if raw is not None and (value := await item.proved(raw)) is not None:
                return Found(value, raw, behind)
            self._counters.forged += raw is not None
            behind.append(host)
        if failure is not None:
            raise failure
        return None

    async def repair(self, item: Item[Proved], found: Found[Proved], until: float) -> None:
        """Bring what was found to the hosts that have none, those that answer."""
        for host in found.behind:
            exptime = to_exptime(until, self._clock())
            answer = await self._send(host, [(item.key, [found.raw])], exptime)
            # One copy was right; where this one is not kept, whoever needs it next tries again.
            self._counters.repaired += await _failure(host, answer) is None

    async def extend(self, items: Sequence[Item[object]], until: float) -> Extended:
        """Keep the items, which have one home, for longer.

        A host that has lost one gets it from the other.
        """
        lost, is_whole = list[Item[object]](), True
        for at in range(0, len(items), BATCH):
            touched = await self._touch(items[at : at + BATCH], until)
            behind = [(item, hosts) for item, hosts in touched if hosts]
            kept = await asyncio.gather(*(self._bring_back(*each, until) for each in behind))
            lost += [item for (item, _), one in zip(behind, kept, strict=True) if not one]
            is_whole = is_whole and all(hosts is not None for _, hosts in touched)
        return Extended(lost, is_whole)

    async def drop(self, keys: Sequence[str]) -> bool:
        """Delete the items, which have one home.

        False when a host did not answer, so that it may have some yet.
        """
        is_whole = True
        for at in range(0, len(keys), BATCH):
            batch = keys[at : at + BATCH]
            answers = await _all([host.delete(batch) for host in self.hosts_of(batch[0])])
            is_whole = is_whole and not any(isinstance(answer, StoreError) for answer in answers)
        return is_whole

    async def _touch(
        self, items: Sequence[Item[object]], until: float
    ) -> Sequence[tuple[Item[object], Sequence[Host] | None]]:
        """Each with the hosts that have lost it; ``None`` when one of them does not answer."""
        exptime, keys = to_exptime(until, self._clock()), [item.key for item in items]
        hosts = self.hosts_of(keys[0])
        # All are on their way before the first answer is awaited.
        told = await _all([host.touch(keys, exptime) for host in hosts])
        if any(isinstance(answers, StoreError) for answers in told):
            return [(item, None) for item in items]
        lines = zip(*told, strict=True)
        return [(item, _lost(hosts, each)) for item, each in zip(items, lines, strict=True)]

    async def _bring_back(self, item: Item[object], behind: Sequence[Host], until: float) -> bool:
        """Bring the item to these hosts; false when no host has it."""
        found = await self.get(item)
        if found is not None:
            await self.repair(item, found._replace(behind=behind), until)
        return found is not None

    async def _send(self, host: Host, items: Sequence[Keyed], exptime: int) -> Sending:
        turn = self._turn(host)
        await turn.acquire()
        answer = host.set(items, exptime)
        answer.add_done_callback(partial(_ended, turn))
        return answer

    async def _look(self, host: Host, key: str) -> bytes | None:
        async with self._turn(host):
            return (await host.look(key)).raw

    def _turn(self, host: Host) -> asyncio.Semaphore:
        return self._turns.setdefault(host.name, asyncio.Semaphore(IN_FLIGHT))


def _ended(turn: asyncio.Semaphore, answer: Sending) -> None:
    turn.release()
    # Whoever was cancelled meanwhile asks for no answer; that is no error of the program.
    _ = answer.cancelled() or answer.exception()


async def _failure(host: Host, answer: Sending) -> StoreError | None:
    try:
        return host.refusal(await answer)
    except StoreError as error:
        return error


def _lost(hosts: Sequence[Host], lines: Sequence[bytes]) -> Sequence[Host]:
    return [host for host, line in zip(hosts, lines, strict=True) if line != TOUCHED]


async def _all(asked: Sequence[Awaitable[Answer]]) -> Sequence[Answer | StoreError]:
    """Ask all at once; what a host cannot do is its answer."""
    answers = await asyncio.gather(*asked, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, StoreError):
            raise answer
    return answers  # type: ignore[return-value]  # no other exception is left
