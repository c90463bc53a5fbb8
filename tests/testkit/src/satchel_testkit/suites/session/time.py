"""A session lives as long as it was told to, whether it was swept or not."""

import asyncio

import pytest

from satchel_hookspecs import ABSENT
from satchel_testkit.session_suite import KEY, SessionSuite
from satchel_testkit.suite import needs, unless


@needs("move_clock")
class TestTime(SessionSuite):
    async def test_what_expired_is_absent_before_it_is_swept(self) -> None:
        version = await self.create(ttl=60)
        self.harness.move_clock(61)

        assert await self.read() is None
        assert await self.hooks.session_touch(key=KEY, ttl=60) is False
        assert await self.hooks.session_destroy(key=KEY) is False
        assert await self.conflict(b"late", version) is None

    async def test_what_has_not_expired_is_there(self) -> None:
        await self.create(ttl=600)
        self.harness.move_clock(500)

        assert (await self.there()).ttl == pytest.approx(100, abs=30)

    async def test_a_new_session_takes_the_place_of_an_expired_one(self) -> None:
        await self.create(b"old", ttl=60)
        self.harness.move_clock(61)
        version = await self.write(b"new", ABSENT)

        found = await self.there()
        assert (found.data, found.version) == (b"new", version)

    async def test_reading_never_extends(self) -> None:
        await self.create(ttl=60)
        self.harness.move_clock(40)
        await self.there()
        self.harness.move_clock(21)

        assert await self.read() is None

    async def test_touching_extends_and_keeps_data_and_version(self) -> None:
        version = await self.create(ttl=60, owner="ann")
        self.harness.move_clock(40)
        assert await self.hooks.session_touch(key=KEY, ttl=60) is True
        self.harness.move_clock(40)

        found = await self.there()
        assert (found.data, found.version, found.owner) == (b"1", version, "ann")
        assert await self.write(b"2", version)

    async def test_touching_may_shorten(self) -> None:
        await self.create(ttl=600)
        await self.hooks.session_touch(key=KEY, ttl=60)
        self.harness.move_clock(61)

        assert await self.read() is None

    async def test_a_write_sets_the_time_that_it_brings(self) -> None:
        version = await self.create(ttl=60)
        await self.write(b"2", version, ttl=600)
        self.harness.move_clock(300)

        assert (await self.there()).data == b"2"


@needs("move_clock")
class TestSweep(SessionSuite):
    @unless("expires_by_itself")
    async def test_the_sweep_takes_what_expired_up_to_its_limit(self) -> None:
        for number in range(5):
            await self.create(key=f"{number}" * 64, ttl=10)
        self.harness.move_clock(11)

        first = await self.hooks.session_gc(limit=3)
        second = await self.hooks.session_gc(limit=3)

        assert (first.removed, first.more, second.removed, second.more) == (3, True, 2, False)

    async def test_the_sweep_takes_no_live_ones(self) -> None:
        await self.create(ttl=600)
        version = await self.create(b"old", key="3" * 64, ttl=10)
        await self.write(b"new", version, key="3" * 64, ttl=600)
        self.harness.move_clock(300)

        assert (await self.hooks.session_gc(limit=100)).removed == 0
        assert (await self.there()).data == b"1"
        assert (await self.there("3" * 64)).data == b"new"

    @unless("expires_by_itself")
    async def test_sweeps_at_once_count_each_one_once(self) -> None:
        for number in range(8):
            await self.create(key=f"{number}" * 64, ttl=10)
        self.harness.move_clock(11)

        both = self.hooks, await self.another()
        reports = await asyncio.gather(*(one.session_gc(limit=100) for one in both))

        assert sum(report.removed for report in reports) == 8
