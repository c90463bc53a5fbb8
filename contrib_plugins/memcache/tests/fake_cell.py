"""Cells in memory that fail as memcached hosts do, at moments that a seed decides."""

import asyncio
from collections.abc import Callable
from random import Random
from typing import Literal, TypeVar

from satchel_hookspecs import StorageFull, Unavailable
from satchel_memcache import NOTHING, Seen

State = Literal["up", "dead", "frozen", "flaky"]
STATES: dict[str, State] = {
    "kill": "dead",
    "empty": "up",
    "freeze": "frozen",
    "flaky": "flaky",
}
Answer = TypeVar("Answer")


class FakeCell:
    """Keeps values; no token is ever given twice."""

    def __init__(self, name: str, random: Random) -> None:
        self.name = name
        self.state: State = "up"
        self.limit: int | None = None
        self.is_old = self.is_full = False
        self.distrusted = 0
        self.kept: dict[str, Seen] = {}
        self._random = random
        self._serial = 0
        self._delayed: list[Callable[[], bool]] = []

    async def look(self, key: str) -> Seen:
        await self._travel()
        if self._fails():
            raise Unavailable(self.name)
        seen = self.kept.get(key, NOTHING)
        await self._travel()
        return self._answer(seen)

    async def add(self, key: str, raw: bytes, keep: float) -> bool:
        return await self._do(lambda: key not in self.kept and self._set(key, raw))

    async def cas(self, key: str, raw: bytes, token: object, keep: float) -> bool:
        return await self._do(
            lambda: self.kept.get(key, NOTHING).token == token and self._set(key, raw)
        )

    async def recalls(self) -> bool:
        return self.is_old

    def distrust(self) -> None:
        self.distrusted += 1

    def fail(self, fault: str) -> None:
        """Die with everything, forget everything, freeze, or answer now and then."""
        if fault in ("kill", "empty"):
            self.kept.clear()
        self.state = STATES[fault]

    async def heal(self) -> None:
        """Be well again; what was asked while frozen is done now, though nobody waits for it."""
        self.state = "up"
        delayed, self._delayed = self._delayed, []
        for command in delayed:
            await self._travel()
            command()

    async def _do(self, command: Callable[[], bool]) -> bool:
        await self._travel()
        if self.state == "frozen":
            self._delayed.append(command)
            raise Unavailable(self.name)
        if self._fails():
            raise Unavailable(self.name)
        if self.is_full:
            raise StorageFull(self.name)
        done = command()
        await self._travel()
        return self._answer(done)

    def _set(self, key: str, raw: bytes) -> bool:
        self._serial += 1
        self.kept[key] = Seen(raw, self._serial)
        return True

    def _fails(self) -> bool:
        return self.state in ("dead", "frozen") or self._stumbles()

    def _stumbles(self) -> bool:
        return self.state == "flaky" and self._random.random() < 0.4

    def _answer(self, answer: Answer) -> Answer:
        if self._fails():
            raise Unavailable(self.name)
        return answer

    async def _travel(self) -> None:
        for _ in range(self._random.randrange(4)):
            await asyncio.sleep(0)
