"""Of writers at once none is lost and none is told a lie."""

import asyncio

from satchel_hookspecs import ABSENT, Conflict, Expect
from satchel_testkit.cancelled import cancelled_everywhere
from satchel_testkit.nodes import run_nodes
from satchel_testkit.relay import Hooks
from satchel_testkit.session_suite import KEY, SessionSuite
from satchel_testkit.suite import needs, slow

TIMES = 10


class TestRaces(SessionSuite):
    async def begin(self) -> None:
        await super().begin()
        self.other = await self.another()

    async def wins(self, data: bytes, expect: Expect, hooks: Hooks) -> bool:
        """Write, and say whether it was taken."""
        try:
            await self.write(data, expect, hooks=hooks)
        except Conflict:
            return False
        return True

    async def winner(self, expect: Expect) -> bytes:
        """What is kept after ten writers that expect the same, of whom one may win."""
        both = self.hooks, self.other
        tries = [self.wins(b"%d" % n, expect, both[n % 2]) for n in range(10)]
        won = await asyncio.gather(*tries)

        assert won.count(True) == 1
        return b"%d" % won.index(True)

    async def test_of_writers_with_one_version_exactly_one_wins(self) -> None:
        won = await self.winner(await self.create(b"0"))

        assert (await self.there()).data == won

    async def test_of_creators_at_once_exactly_one_wins(self) -> None:
        won = await self.winner(ABSENT)

        assert (await self.there(hooks=self.other)).data == won

    async def increment(self, hooks: Hooks) -> None:
        for _ in range(TIMES):
            while True:
                found = await self.there(hooks=hooks)
                data = b"%d" % (int(found.data) + 1)
                if await self.wins(data, found.version, hooks):
                    break

    async def test_increments_at_once_are_all_counted(self) -> None:
        await self.create(b"0")

        async with asyncio.TaskGroup() as group:
            for hooks in (self.hooks, self.other) * 3:
                group.create_task(self.increment(hooks))

        assert int((await self.there()).data) == 6 * TIMES

    async def test_a_destroy_beats_the_writes_that_are_under_way(self) -> None:
        version = await self.create(b"0")
        await asyncio.gather(
            self.wins(b"1", version, self.hooks),
            self.other.session_destroy(key=KEY),
            self.hooks.session_touch(key=KEY, ttl=600),
        )

        assert await self.read() is None

    @needs("multi_process")
    @slow
    async def test_increments_of_two_processes_are_all_counted(self) -> None:
        await self.create(b"0", ttl=3600)

        await run_nodes(self.subject, self.harness, ["increment", "increment"], 50)

        assert (await self.there()).data == b"100"


class TestCancelled(SessionSuite):
    async def test_a_write_cancelled_at_any_await_is_done_or_not(self) -> None:
        other, versions = await self.another(), [await self.create(b"old")]

        async for number, _ in cancelled_everywhere(
            lambda number: self.write(b"%d" % number, versions[-1])
        ):
            found = await self.there(hooks=other)
            assert found.data in {b"old", b"%d" % number}
            assert (found.data == b"old") == (found.version == versions[-1])
            versions.append(await self.write(b"old", found.version, hooks=other))

    async def test_a_create_cancelled_at_any_await_is_done_or_not(self) -> None:
        async for number, _ in cancelled_everywhere(
            lambda number: self.create(b"data", key=f"{number:064x}")
        ):
            key = f"{number:064x}"
            found = await self.read(key)
            if found is None:
                await self.create(b"data", key=key)
            assert (await self.there(key)).data == b"data"

    async def test_a_destroy_cancelled_at_any_await_is_done_or_not(self) -> None:
        async def create_and_destroy(number: int) -> None:
            await self.hooks.session_destroy(key=f"{number:064x}")

        for number in range(1, 30):
            await self.create(key=f"{number:064x}")
        async for number, _ in cancelled_everywhere(create_and_destroy):
            key = f"{number:064x}"
            was_there = await self.read(key) is not None
            assert await self.hooks.session_destroy(key=key) is was_there
            assert await self.read(key) is None
