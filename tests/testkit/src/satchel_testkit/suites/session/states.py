"""The states that a session goes through, each change of them in one step."""

import pytest

from satchel_hookspecs import ABSENT
from satchel_testkit.session_suite import KEY, OTHER, SessionSuite
from satchel_testkit.suite import needs

DATA = {
    "empty": b"", "binary": b"\0\xff'\"%\\\r\n", "text": "sätchel".encode(),
    "small": bytes(range(256)) * 4, "large": bytes(range(256)) * 2000,
}  # fmt: skip
OWNERS = ["ann", "ann' OR 1=1 --", "100%_", "änn\u202e", "x" * 128]


class TestStates(SessionSuite):
    @pytest.mark.parametrize("data", DATA.values(), ids=DATA.keys())
    async def test_what_was_written_is_what_is_read(self, data: bytes) -> None:
        version = await self.create(data, owner="ann")

        found = await self.there()

        assert (found.data, found.version, found.owner) == (data, version, "ann")
        assert 0 < found.ttl <= 60

    async def test_what_was_acknowledged_is_there_on_another_node(self) -> None:
        other = await self.another()
        version = await self.create(b"1")
        first = await self.there(hooks=other)
        second = await self.write(b"2", version, hooks=other)

        assert first.data == b"1"
        assert ((await self.there()).data, (await self.there()).version) == (b"2", second)

    async def test_a_key_that_was_never_written_is_none(self) -> None:
        await self.create(key=OTHER)

        assert await self.read() is None
        assert await self.hooks.session_touch(key=KEY, ttl=60) is False
        assert await self.hooks.session_destroy(key=KEY) is False
        assert await self.conflict(b"1", (await self.there(OTHER)).version) is None

    async def test_creating_twice_is_a_conflict_with_what_is_there(self) -> None:
        version = await self.create(b"1", owner="ann")

        current = await self.conflict(b"2", ABSENT)

        assert current is not None
        assert (current.data, current.version, current.owner) == (b"1", version, "ann")
        assert (await self.there()).data == b"1"

    async def test_a_write_with_an_old_version_is_a_conflict(self) -> None:
        first = await self.create(b"1")
        second = await self.write(b"2", first)

        current = await self.conflict(b"3", first)

        assert current is not None
        assert (current.data, current.version) == (b"2", second)
        assert (await self.there()).data == b"2"

    async def test_the_same_data_has_another_version_each_time(self) -> None:
        versions = [await self.create(b"same")]
        for _ in range(5):
            versions.append(await self.write(b"same", versions[-1]))

        assert len(set(versions)) == 6

    async def test_a_write_with_a_version_never_creates(self) -> None:
        version = await self.create()
        await self.hooks.session_destroy(key=KEY)

        assert await self.conflict(b"late", version) is None
        assert await self.read() is None

    async def test_touching_a_destroyed_session_does_not_revive_it(self) -> None:
        await self.create()
        await self.hooks.session_destroy(key=KEY)

        assert await self.hooks.session_touch(key=KEY, ttl=60) is False
        assert await self.read() is None

    async def test_destroying_twice_is_no_error(self) -> None:
        await self.create()

        assert await self.hooks.session_destroy(key=KEY) is True
        assert await self.hooks.session_destroy(key=KEY) is False

    async def test_a_destroyed_session_is_gone_for_another_instance(self) -> None:
        other = await self.another()
        await self.create()
        await self.there(hooks=other)
        await self.hooks.session_destroy(key=KEY)

        assert await self.read(hooks=other) is None

    async def test_a_write_sets_the_owner_that_it_brings(self) -> None:
        version = await self.create()
        await self.write(b"in", version, owner="ann")

        assert (await self.there()).owner == "ann"

    async def test_each_key_is_a_session_of_its_own(self) -> None:
        await self.create(b"1")
        await self.create(b"2", key=OTHER)
        await self.hooks.session_destroy(key=KEY)

        assert (await self.there(OTHER)).data == b"2"


@needs("by_owner")
class TestOwners(SessionSuite):
    @pytest.mark.parametrize("owner", OWNERS)
    async def test_an_owner_lists_the_sessions_of_that_owner_alone(self, owner: str) -> None:
        await self.create(owner=owner)
        await self.create(key=OTHER, owner="ben")
        await self.create(key="3" * 64)

        [listed] = await self.hooks.session_list(owner=owner)
        assert listed.key == KEY
        assert 0 < listed.ttl <= 60
        assert abs(listed.created - self.harness.clock()) < 60

    async def test_the_list_shows_what_another_instance_did(self) -> None:
        other = await self.another()
        version = await self.create(owner="ann")
        await self.create(key=OTHER, owner="ann")
        await self.write(b"moved", version, owner="ben", hooks=other)

        assert [one.key for one in await self.hooks.session_list(owner="ann")] == [OTHER]
        await other.session_destroy(key=OTHER)
        assert list(await self.hooks.session_list(owner="ann")) == []

    @needs("move_clock")
    async def test_the_list_is_oldest_first_and_without_what_expired(self) -> None:
        for key in ("c", "a", "d", "b"):
            await self.create(key=key * 64, owner="ann", ttl=10 if key == "a" else 600)
            self.harness.move_clock(5)
        await self.hooks.session_touch(key="c" * 64, ttl=900)

        listed = await self.hooks.session_list(owner="ann")
        assert [one.key[0] for one in listed] == ["c", "d", "b"]
