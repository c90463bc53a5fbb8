"""A backend that is down or hangs is ``Unavailable`` in time, and never an empty answer."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from satchel_hookspecs import Unavailable
from satchel_testkit.attachment_suite import GROUP, OWNER, TTL, AttachmentSuite, ref
from satchel_testkit.suite import needs, slow

Calls = dict[str, Callable[["TestBackend"], Awaitable[object]]]
READS: Calls = {
    "stat": lambda self: self.stat(),
    "list": lambda self: self.listed(),
    "get": lambda self: self.read(),
}
CALLS: Calls = READS | {
    "upload": lambda self: self.upload(b"late", ref("id2")),
    "seal": lambda self: self.seal(b"unsealed", ref("id3")),
    "rename": lambda self: self.hooks.attachment_rename(ref=ref(), filename="late"),
    "delete": lambda self: self.hooks.attachment_delete(ref=ref()),
    "touch": lambda self: self.open_group(),
    "cleanup": lambda self: self.hooks.attachments_cleanup(owner=OWNER, group=GROUP),
    "cleanup_all": lambda self: self.hooks.attachments_cleanup(owner=OWNER, group=None),
    "usage": lambda self: self.hooks.attachment_usage(owner=OWNER),
    "gc": lambda self: self.hooks.attachment_gc(limit=100),
}


class TestBackend(AttachmentSuite):
    async def begin(self) -> None:
        await super().begin()
        await self.keep(b"hello")
        await self.upload(b"unsealed", ref("id3"))

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

        assert await self.read() == b"hello"
        assert len(await self.listed()) == 2

    @needs("hang_backend")
    @slow
    @pytest.mark.parametrize("call", READS.values(), ids=READS.keys())
    async def test_a_backend_that_hangs_is_unavailable_within_its_deadline(
        self, call: Callable[["TestBackend"], Awaitable[object]]
    ) -> None:
        self.harness.hang_backend()
        try:
            await self.assert_unavailable(call)
        finally:
            self.harness.heal_backend()

        assert await self.read() == b"hello"

    @needs("hang_backend")
    @slow
    async def test_a_backend_that_hangs_lets_other_tasks_go_on(self) -> None:
        ticks, loop = 0, asyncio.get_running_loop()
        self.harness.hang_backend()
        call = asyncio.create_task(self.stat())
        while not call.done():
            began = loop.time()
            await asyncio.wait({call}, timeout=0.01)
            assert loop.time() - began < 1
            ticks += 1
        self.harness.heal_backend()

        assert isinstance(call.exception(), Unavailable)
        assert ticks > 1
        assert await self.open_group(ttl=TTL) is True

    async def assert_unavailable(self, call: Callable[["TestBackend"], Awaitable[object]]) -> None:
        """The call says that it could not, in time."""
        with pytest.raises(Unavailable):
            await asyncio.wait_for(call(self), self.harness.deadline)
