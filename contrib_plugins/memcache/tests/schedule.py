"""One random schedule: clients that change one value while cells fail, and what must hold."""

import asyncio
import time
from collections.abc import Sequence
from random import Random

from satchel_hookspecs import Conflict, Unavailable
from satchel_memcache import Counters, Register, Seal, Value

from .fake_cell import FakeCell

KEY = "key"
FAR = time.time() + 10**6
FAULTS = ("kill", "empty", "freeze", "flaky")
ROUNDS = 4
CLIENTS = 3


class Violation(Exception):
    """A promise of the register was broken."""


class Schedule:
    """Each body is a number, its own name; ``parents`` tells which one it was made from."""

    def __init__(
        self, seed: int, register: type[Register] = Register, faults: Sequence[str] = FAULTS
    ) -> None:
        self.random = Random(seed)
        self.cells = [FakeCell(f"cell {number}", self.random) for number in range(2)]
        self._faults = faults
        seal = Seal((b"k" * 32,))
        self.nodes = [
            register(lambda _: self.cells, seal, time.time, Counters()) for _ in range(CLIENTS)
        ]
        self._repairer = Register(lambda _: self.cells, seal, time.time, Counters())
        self.parents: dict[int, int | None] = {0: None}
        self.acknowledged = {0}
        self.shown: set[int] = set()
        self.ended: int | None = None
        self._ending = False

    async def run(self) -> None:
        """Play the schedule; ``Violation`` when a promise was broken."""
        await self.nodes[0].change(KEY, lambda _: _value(0))
        for number in range(ROUNDS):
            await self._play(ends=number == ROUNDS - 1)
        last = await self._read(self.nodes[0])
        self._judge(None if last is None else int(last.body))

    async def _play(self, ends: bool) -> None:
        """One fault while all clients are at work; it is over and repaired at the end."""
        cell = self.random.choice(self.cells)
        clients = [self._client(node) for node in self.nodes]
        if ends and self.random.random() < 0.5:
            clients.append(self._end(self.nodes[0]))
        await asyncio.gather(*clients, self._fail(cell))
        await cell.heal()
        await self._repairer.read(KEY)

    async def _fail(self, cell: FakeCell) -> None:
        await self._wait()
        cell.fail(self.random.choice(self._faults))
        await self._wait()
        if self.random.random() < 0.5:
            await cell.heal()

    async def _client(self, node: Register) -> None:
        """Write a few times; a client that is cut off has no answer, whatever came of its write."""
        for _ in range(self.random.randrange(1, 5)):
            await self._wait()
            write = asyncio.ensure_future(self._write(node))
            if self.random.random() < 0.3:
                await self._wait()
                write.cancel()
            await asyncio.wait({write})
            error = None if write.cancelled() else write.exception()
            if error is not None and not isinstance(error, Conflict | Unavailable):
                raise error

    async def _write(self, node: Register) -> None:
        """Half of the writes say which value they mean to replace, as those of sessions do.

        Half of these begin with it, as those of documents do.
        """
        read = await self._read(node) if self.random.random() < 0.5 else None
        known = read if self.random.random() < 0.5 else None
        base = None if read is None else int(read.body)
        mine, was_ended = len(self.parents), self.ended is not None
        self.parents[mine] = base

        def step(value: Value | None) -> Value:
            if value is None or base not in (None, int(value.body)):
                raise Conflict(None)
            self.parents[mine] = int(value.body)
            return _value(mine)

        await node.change(KEY, step, known)
        if was_ended:
            raise Violation(f"{mine} was written after the end")
        self.acknowledged.add(mine)

    async def _read(self, node: Register) -> Value | None:
        """Read, and check that nothing older is shown than was acknowledged before."""
        known, was_ended = set(self.acknowledged), self.ended is not None
        value = await node.read(KEY)
        if value is None:
            if self.ended is None and not self._ending:
                raise Violation("the value is gone")
            return None
        body = int(value.body)
        if was_ended:
            raise Violation(f"{body} came back")
        if not known <= self._line_of(body):
            raise Violation(f"{body} does not follow all of {known}")
        self.shown.add(body)
        return value

    async def _end(self, node: Register) -> None:
        last: int | None = None

        def step(value: Value | None) -> None:
            nonlocal last
            last = None if value is None else int(value.body)

        await self._wait()
        self._ending = True
        try:
            await node.change(KEY, step)
        except Unavailable:
            return
        self.ended = last

    def _judge(self, last: int | None) -> None:
        """All that was acknowledged or shown leads to what is there at last."""
        if last is None and self.ended is None:
            return  # an end whose outcome nobody was told
        line = self._line_of(last if last is not None else self.ended)
        if not self.acknowledged <= line:
            raise Violation(f"{self.acknowledged - line} was acknowledged and lost")
        if not self.shown <= line:
            raise Violation(f"{self.shown - line} was shown and lost")

    def _line_of(self, body: int | None) -> set[int]:
        line = set[int]()
        while body is not None:
            if body in line:
                raise Violation(f"{body} was written twice")
            line.add(body)
            body = self.parents[body]
        return line

    async def _wait(self) -> None:
        for _ in range(self.random.randrange(30)):
            await asyncio.sleep(0)


def _value(number: int) -> Value:
    return Value(b"%d" % number, FAR)


async def find_violation(
    seeds: Sequence[int], register: type[Register] = Register, faults: Sequence[str] = FAULTS
) -> tuple[int, str] | None:
    """Play one schedule a seed; the first seed that breaks a promise, and which one."""
    for seed in seeds:
        try:
            await Schedule(seed, register, faults).run()
        except Violation as violation:
            return seed, str(violation)
    return None
