"""Users of a cluster: they count in their sessions and notice whatever is wrong."""

import asyncio
import time
from collections.abc import Awaitable, Sequence
from random import Random
from typing import TypeVar

from satchel_hookspecs import ABSENT, Conflict, Unavailable, Version
from satchel_session_memcache import MemcacheSessions

SESSIONS = 24
ENDED = 6
USERS = 8
TTL = 3600

Answer = TypeVar("Answer")


class Load:
    """Sessions with a number each, and what was acknowledged about them."""

    def __init__(self, nodes: Sequence[MemcacheSessions], seed: int = 1) -> None:
        self.operations = 0
        self.unavailable: list[str] = []
        self.slowest = 0.0
        self.stalled = 0.0
        self._nodes = nodes
        self._random = Random(seed)
        self._numbers = {f"{number:064x}": 0 for number in range(SESSIONS)}
        self._ended: dict[str, Version] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Load":
        for key in self._numbers:
            await self._node.session_write(key, b"0", ABSENT, TTL, "ann")
        for number in range(ENDED):
            await self._sign_in_and_out(f"e{number:063x}")
        works = [self._use() for _ in range(USERS)]
        self._tasks = [asyncio.create_task(work) for work in [*works, self._watch_the_machine()]]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        done = await asyncio.gather(*self._tasks, return_exceptions=True)
        errors = [one for one in done if isinstance(one, Exception)]
        if errors:
            raise errors[0]

    async def go_on(self, operations: int = 300) -> None:
        """Return after so many more operations; raise what a user has noticed."""
        goal = self.operations + operations
        while self.operations < goal:
            await asyncio.sleep(0.005)
            for task in self._tasks:
                if task.done():
                    await task

    async def check_all(self) -> None:
        """Every session is there with its number, on every node; none that was ended is."""
        for node in self._nodes:
            for key in self._numbers:
                await self._check(node, key)
            for key in self._ended:
                assert await node.session_read(key) is None, "an ended session came back"

    @property
    def _node(self) -> MemcacheSessions:
        return self._random.choice(self._nodes)

    async def _use(self) -> None:
        while True:
            try:
                await self._do_something()
            except Unavailable as error:
                self.unavailable.append(str(error))
                # Who asks again at once leaves the threads of the hosts no time to connect.
                await asyncio.sleep(0.001)
            self.operations += 1

    async def _do_something(self) -> None:
        key = self._random.choice(list(self._numbers))
        match self._random.randrange(10):
            case 0:
                ended = self._random.choice(list(self._ended))
                assert await self._timed(self._node.session_read(ended)) is None
                await self._write_late(ended)
            case 1 | 2 | 3:
                await self._add(key)
            case _:
                await self._check(self._node, key)

    async def _check(self, node: MemcacheSessions, key: str) -> None:
        known = self._numbers[key]
        record = await self._timed(node.session_read(key))
        assert record is not None, "a session is gone"
        assert int(record.data) >= known, "an old session was shown"

    async def _add(self, key: str) -> None:
        node = self._node
        record = await self._timed(node.session_read(key))
        assert record is not None, "a session is gone"
        more = int(record.data) + 1
        try:
            await self._timed(node.session_write(key, b"%d" % more, record.version, TTL, "ann"))
        except Conflict:
            return
        self._numbers[key] = max(more, self._numbers[key])

    async def _write_late(self, key: str) -> None:
        try:
            await self._node.session_write(key, b"late", self._ended[key], TTL, "ann")
        except Conflict as conflict:
            assert conflict.current is None, "an ended session came back"
        else:
            raise AssertionError("an ended session was written")

    async def _sign_in_and_out(self, key: str) -> None:
        self._ended[key] = await self._node.session_write(key, b"secret", ABSENT, TTL, "ann")
        assert await self._node.session_destroy(key)

    async def _timed(self, call: Awaitable[Answer]) -> Answer:
        began = time.monotonic()
        try:
            return await call
        finally:
            self.slowest = max(self.slowest, time.monotonic() - began)

    async def _watch_the_machine(self) -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(0.01)
            self.stalled = max(self.stalled, time.monotonic() - began - 0.01)
