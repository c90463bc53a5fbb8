"""A backend that is down or hangs is ``Unavailable`` in time: never signed out by a fault."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from satchel_hookspecs import ABSENT, Unavailable, Version
from satchel_testkit.session_suite import KEY, OTHER, SessionSuite
from satchel_testkit.suite import needs, slow

Calls = dict[str, Callable[["TestBackend"], Awaitable[object]]]
CALLS: Calls = {
    "read": lambda self: self.read(),
    "read_what_is_absent": lambda self: self.read(OTHER),
    "create": lambda self: self.write(b"late", ABSENT, OTHER),
    "write": lambda self: self.write(b"late", self.version),
    "touch": lambda self: self.hooks.session_touch(key=KEY, ttl=600),
    "destroy": lambda self: self.hooks.session_destroy(key=KEY),
    "gc": lambda self: self.hooks.session_gc(limit=100),
}
# What may be found after a call whose outcome nobody knows; it may have come through late.
AFTER_HANGING: dict[str, set[bytes | None]] = {
    "read": {b"1"},
    "write": {b"1", b"late"},
    "destroy": {b"1", None},
}


class TestBackend(SessionSuite):
    version: Version

    async def begin(self) -> None:
        await super().begin()
        self.version = await self.create(owner="ann")

    @needs("break_backend")
    @pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
    async def test_a_backend_that_is_down_is_unavailable(
        self, call: Callable[["TestBackend"], Awaitable[object]]
    ) -> None:
        self.harness.break_backend()
        try:
            await self.assert_unavailable(call)
        finally:
            self.harness.heal_backend()

        assert (await self.there()).data == b"1"

    @needs("break_backend", "by_owner")
    async def test_a_list_is_whole_or_unavailable(self) -> None:
        self.harness.break_backend()
        try:
            await self.assert_unavailable(lambda self: self.hooks.session_list(owner="ann"))
        finally:
            self.harness.heal_backend()

        assert len(await self.hooks.session_list(owner="ann")) == 1

    @needs("hang_backend")
    @slow
    @pytest.mark.parametrize("call", AFTER_HANGING)
    async def test_a_backend_that_hangs_is_unavailable_within_its_deadline(self, call: str) -> None:
        self.harness.hang_backend()
        try:
            await self.assert_unavailable(CALLS[call])
        finally:
            self.harness.heal_backend()

        found = await self.read()
        assert (found.data if found else None) in AFTER_HANGING[call]

    async def assert_unavailable(self, call: Callable[["TestBackend"], Awaitable[object]]) -> None:
        """The call says that it could not, in time."""
        with pytest.raises(Unavailable):
            await asyncio.wait_for(call(self), self.harness.deadline)
