"""A call that is cut or cancelled leaves nothing half-known, wherever it was."""

import asyncio

import pytest

from satchel_hookspecs import BLOCK, Attachment
from satchel_testkit.attachment_suite import GROUP, OWNER, AttachmentSuite, ref
from satchel_testkit.cancelled import cancelled_everywhere
from satchel_testkit.content import cut, some_bytes
from satchel_testkit.suite import slow

GONE = ConnectionResetError("The client went away.")


class TestInterruption(AttachmentSuite):
    @pytest.mark.parametrize(("blocks", "step"), [(2, 1), pytest.param(33, 7, marks=slow)])
    async def test_an_upload_cancelled_at_any_await_can_be_made_whole(
        self, blocks: int, step: int
    ) -> None:
        content, other = some_bytes((blocks - 1) * BLOCK + 9), await self.another()

        async for number, _ in cancelled_everywhere(
            lambda number: self.keep(content, ref(f"id{number}")), step
        ):
            at = ref(f"id{number}")
            await self.make_whole(content, await self.stat(at, other))
            found = await self.stat(at, other)
            if found is None or not found.sealed:
                await self.keep(content, at, hooks=other)
            assert await self.read(at, hooks=other) == content
            await self.hooks.attachment_delete(ref=at)

    async def make_whole(self, content: bytes, found: Attachment | None) -> None:
        """Go on with what is there, which has to be a beginning of the content."""
        if found is None or found.sealed:
            return
        if found.size:
            await self.upload(content, found.ref, start=found.progress.next_block)
            await self.seal(content, found.ref)

    async def test_an_upload_cut_after_any_block_goes_on(self) -> None:
        content, other = some_bytes(3 * BLOCK + 9), await self.another()

        for number in range(5):
            at = ref(f"id{number}")
            with pytest.raises(ConnectionResetError):
                await self.pour(cut(content)[:number], len(content), at, end=GONE)
            found = await self.stat(at, other)
            kept = found.progress.next_block if found else 0
            await self.upload(content, at, start=kept, hooks=other)
            await self.seal(content, at, hooks=other)

            assert kept == min(number, 3)
            assert await self.read(at) == content

    async def test_a_delete_cancelled_at_any_await_is_done_or_not(self) -> None:
        async def keep_and_delete(number: int) -> None:
            await self.hooks.attachment_delete(ref=ref(f"id{number}"))

        content = some_bytes(BLOCK + 1)
        for number in range(1, 40):
            await self.keep(content, ref(f"id{number}"))
        async for number, _ in cancelled_everywhere(keep_and_delete):
            at = ref(f"id{number}")
            assert await self.read(at) == (content if await self.stat(at) else None)
            await self.hooks.attachment_delete(ref=at)
            assert await self.stat(at) is None

    async def test_a_rename_cancelled_at_any_await_is_done_or_not(self) -> None:
        await self.keep(b"hello")

        async for number, _ in cancelled_everywhere(
            lambda number: self.hooks.attachment_rename(ref=ref(), filename=f"{number}")
        ):
            found = await self.stat()
            assert found is not None
            assert found.filename in {f"{number}", "before", "report.pdf"}
            await self.hooks.attachment_rename(ref=ref(), filename="before")
            assert await self.read() == b"hello"

    async def test_a_clean_up_cancelled_at_any_await_can_be_repeated(self) -> None:
        async def clean_up(number: int) -> int:
            done: int = await self.hooks.attachments_cleanup(owner=OWNER, group=f"c{number}")
            return done

        for number in range(1, 40):
            await self.open_group(f"c{number}")
            await self.keep(b"hello", ref(group=f"c{number}"))
        async for number, _ in cancelled_everywhere(clean_up):
            group = f"c{number}"
            there = await self.listed(group)
            assert await self.read(ref(group=group)) == (b"hello" if there else None)
            await clean_up(number)
            assert await self.listed(group) == []

    async def test_a_cancelled_call_keeps_no_other_waiting(self) -> None:
        async for _, _ in cancelled_everywhere(
            lambda number: self.hooks.attachments_touch(owner=OWNER, group=GROUP, ttl=9000 + number)
        ):
            async with asyncio.timeout(10):
                await self.open_group()
