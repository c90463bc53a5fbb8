"""Session I/O, as every session store has to keep it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from satchel_hookspecs import ABSENT, Conflict, SessionRecord
from tests.contract.harness import Clock

KEY, OTHER = "1" * 64, "2" * 64


class SessionContract:
    """Subclasses give the fixtures ``make`` (hooks over one medium, ever again) and ``clock``."""

    @pytest.fixture
    def hooks(self, make: Callable[[], Any]) -> Any:
        return make()

    @staticmethod
    async def create(hooks: Any, key: str = KEY, data: bytes = b"1", **more: Any) -> Any:
        asked = {"ttl": 60, "owner": None, **more}
        return await hooks.session_write(key=key, data=data, expect=ABSENT, **asked)

    @pytest.mark.parametrize("data", [b"", b"\0\xff'\"%\\", bytes(range(256)) * 400])
    async def test_what_was_written_is_what_is_read(self, hooks, make, data):
        version = await self.create(hooks, data=data, owner="ann")

        found = await make().session_read(key=KEY)

        assert (found.data, found.version, found.owner) == (data, version, "ann")
        assert 0 < found.ttl <= 60

    async def test_a_key_that_was_never_written_is_none(self, hooks):
        assert await hooks.session_read(key=KEY) is None

    async def test_creating_twice_is_a_conflict_with_what_is_there(self, hooks):
        version = await self.create(hooks)

        with pytest.raises(Conflict) as refused:
            await self.create(hooks, data=b"2")
        current = refused.value.current
        assert isinstance(current, SessionRecord)
        assert (current.data, current.version) == (b"1", version)

    async def test_a_write_with_an_old_version_is_a_conflict_with_what_is_there(self, hooks):
        first = await self.create(hooks)
        second = await hooks.session_write(key=KEY, data=b"2", expect=first, ttl=60, owner=None)

        with pytest.raises(Conflict) as refused:
            await hooks.session_write(key=KEY, data=b"3", expect=first, ttl=60, owner=None)
        current = refused.value.current
        assert isinstance(current, SessionRecord)
        assert current.version == second != first
        assert (await hooks.session_read(key=KEY)).data == b"2"

    async def test_a_write_with_a_version_never_creates(self, hooks):
        version = await self.create(hooks)
        await hooks.session_destroy(key=KEY)

        with pytest.raises(Conflict) as refused:
            await hooks.session_write(key=KEY, data=b"2", expect=version, ttl=60, owner=None)
        assert refused.value.current is None
        assert await hooks.session_read(key=KEY) is None

    async def test_touching_a_destroyed_session_does_not_revive_it(self, hooks):
        await self.create(hooks)
        assert await hooks.session_destroy(key=KEY) is True

        assert await hooks.session_touch(key=KEY, ttl=60) is False
        assert await hooks.session_read(key=KEY) is None

    async def test_destroying_twice_is_no_error(self, hooks):
        await self.create(hooks)

        assert await hooks.session_destroy(key=KEY) is True
        assert await hooks.session_destroy(key=KEY) is False

    async def test_what_expired_is_absent_whether_it_was_swept_or_not(self, hooks, clock: Clock):
        version = await self.create(hooks, ttl=60, owner="ann")
        clock.moved += 61

        assert await hooks.session_read(key=KEY) is None
        assert await hooks.session_touch(key=KEY, ttl=60) is False
        assert list(await hooks.session_list(owner="ann")) == []
        with pytest.raises(Conflict) as refused:
            await hooks.session_write(key=KEY, data=b"2", expect=version, ttl=60, owner=None)
        assert refused.value.current is None

    async def test_reading_never_extends(self, hooks, clock: Clock):
        await self.create(hooks, ttl=60)
        clock.moved += 40
        await hooks.session_read(key=KEY)
        clock.moved += 21

        assert await hooks.session_read(key=KEY) is None

    async def test_touching_extends_and_keeps_data_and_version(self, hooks, clock: Clock):
        version = await self.create(hooks, ttl=60)
        clock.moved += 40
        assert await hooks.session_touch(key=KEY, ttl=60) is True
        clock.moved += 40

        found = await hooks.session_read(key=KEY)
        assert (found.data, found.version) == (b"1", version)

    async def test_an_owner_lists_only_live_sessions_of_that_owner(self, hooks, clock: Clock):
        await self.create(hooks, key="3" * 64, owner="ann", ttl=10)
        clock.moved += 11
        await self.create(hooks, owner="ann")
        await self.create(hooks, key=OTHER, owner="ben")

        [listed] = await hooks.session_list(owner="ann")
        assert listed.key == KEY
        assert abs(listed.created - clock()) < 5

    async def test_the_sweep_takes_what_expired_up_to_its_limit(self, hooks, clock: Clock):
        for number in range(5):
            await self.create(hooks, key=f"{number}" * 64, ttl=10)
        clock.moved += 11
        await self.create(hooks, key="9" * 64)

        first = await hooks.session_gc(limit=3)
        second = await hooks.session_gc(limit=3)

        assert (first.removed, first.more, second.removed, second.more) == (3, True, 2, False)
        assert await hooks.session_read(key="9" * 64) is not None

    async def test_of_writers_with_one_version_exactly_one_wins(self, hooks, make):
        version = await self.create(hooks)
        both = [make(), make()]

        async def write(number: int) -> bool:
            try:
                await both[number % 2].session_write(
                    key=KEY, data=b"%d" % number, expect=version, ttl=60, owner=None
                )
            except Conflict:
                return False
            return True

        assert sum(await asyncio.gather(*(write(number) for number in range(10)))) == 1

    async def test_increments_at_once_are_all_counted(self, hooks, make):
        await self.create(hooks, data=b"0")

        async def increment(mine: Any) -> None:
            for _ in range(20):
                while True:
                    found = await mine.session_read(key=KEY)
                    data = b"%d" % (int(found.data) + 1)
                    try:
                        await mine.session_write(
                            key=KEY, data=data, expect=found.version, ttl=60, owner=None
                        )
                    except Conflict:
                        continue
                    break

        async with asyncio.TaskGroup() as group:
            for mine in (make(), make()):
                for _ in range(4):
                    group.create_task(increment(mine))

        assert (await hooks.session_read(key=KEY)).data == b"160"
