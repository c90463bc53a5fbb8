"""An upload that is cut goes on where it was, from any instance."""

import asyncio

import pytest

from satchel_hookspecs import BLOCK, Block, Conflict, Progress
from satchel_testkit.attachment_suite import AttachmentSuite, asking, ref
from satchel_testkit.content import cut, held, some_bytes, stream

GONE = ConnectionResetError("The client went away.")


class TestResume(AttachmentSuite):
    @pytest.mark.parametrize("size", [10, BLOCK + 10, 2 * BLOCK, 65 * BLOCK + 1])
    async def test_an_upload_that_was_cut_goes_on_from_another_instance(self, size: int) -> None:
        content = some_bytes(size + 2 * BLOCK + 100)
        with pytest.raises(ConnectionResetError):
            await self.pour(cut(content[:size]), len(content), end=GONE)

        other = await self.another()
        found = await self.stat(hooks=other)
        assert found is not None
        await self.upload(content, start=found.progress.next_block, hooks=other)
        await self.seal(content, hooks=other)

        assert found.progress == Progress(size, sealed=False)
        assert await self.read() == content

    async def test_what_was_checkpointed_before_a_cut_stays(self) -> None:
        content = some_bytes(3 * BLOCK)
        for kept in (1, 2):
            with pytest.raises(ConnectionResetError):
                await self.pour(
                    cut(content[: kept * BLOCK], kept - 1), len(content), start=kept - 1, end=GONE
                )
            found = await self.stat()
            assert found is not None
            assert found.progress == Progress(kept * BLOCK, sealed=False)

    @pytest.mark.parametrize("start", [2, 3, 99])
    async def test_a_wrong_start_is_a_conflict_that_says_how_far_it_is(self, start: int) -> None:
        await self.pour(cut(some_bytes(BLOCK + 5)), 3 * BLOCK)

        with pytest.raises(Conflict) as refused:
            await self.pour((), 3 * BLOCK, start=start)
        assert refused.value.current == Progress(BLOCK + 5, sealed=False)

    async def test_going_on_with_what_never_began_is_a_conflict(self) -> None:
        with pytest.raises(Conflict) as refused:
            await self.upload(some_bytes(3 * BLOCK), start=1)
        assert refused.value.current is None

    async def test_an_unfinished_last_block_is_replaced(self) -> None:
        content = some_bytes(2 * BLOCK)
        await self.pour(cut(content[: BLOCK + 5]), len(content))

        progress = await self.upload(content, start=1)
        await self.seal(content)

        assert progress == Progress(2 * BLOCK, sealed=False)
        assert await self.read() == content

    async def test_beginning_anew_forgets_what_was_there(self) -> None:
        await self.pour(cut(some_bytes(3 * BLOCK)), 5 * BLOCK)

        await self.pour(cut(b"new"), 3)
        await self.seal(b"new")

        assert await self.read() == b"new"

    @pytest.mark.parametrize("indexes", [(0, 2), (1,), (0, 0), (0, 1, 3)])
    async def test_blocks_out_of_order_are_refused(self, indexes: tuple[int, ...]) -> None:
        blocks = cut(some_bytes(4 * BLOCK))
        with pytest.raises(Conflict):
            await self.pour([blocks[index] for index in indexes], 4 * BLOCK)

        found = await self.stat()
        assert found is None or found.size <= 2 * BLOCK

    async def test_a_short_block_in_the_middle_is_refused(self) -> None:
        blocks = [Block.of(0, b"short"), Block.of(1, b"more")]
        with pytest.raises(Conflict):
            await self.pour(blocks, 9)

    async def test_a_newer_call_fences_a_stalled_one(self) -> None:
        content = some_bytes(3 * BLOCK)
        old = [cut(content)[0], Block.of(1, b"old " * (BLOCK // 4)), Block.of(2, b"old")]
        began, resume = asyncio.Event(), asyncio.Event()
        older = asyncio.create_task(
            self.hooks.attachment_upload(
                request=asking(ref(), 3 * BLOCK), start=0, blocks=held(old, began, resume)
            )
        )
        await began.wait()

        await self.upload(content, hooks=await self.another())
        resume.set()

        with pytest.raises(Conflict):
            await older
        await self.seal(content)
        assert await self.read() == content

    async def test_a_stalled_call_cannot_go_on_after_the_seal(self) -> None:
        content, began, resume = some_bytes(2 * BLOCK), asyncio.Event(), asyncio.Event()
        older = asyncio.create_task(
            self.hooks.attachment_upload(
                request=asking(ref(), 2 * BLOCK), start=0, blocks=held(cut(content), began, resume)
            )
        )
        await began.wait()
        await self.keep(content, hooks=await self.another())
        resume.set()

        with pytest.raises(Conflict) as refused:
            await older
        assert refused.value.current == Progress(2 * BLOCK, sealed=True)
        assert await self.read() == content

    async def test_an_upload_that_is_repeated_has_one_effect(self) -> None:
        content = some_bytes(BLOCK + 1)
        await self.upload(content)
        await self.hooks.attachment_upload(
            request=asking(ref(), len(content)), start=0, blocks=stream(cut(content))
        )
        await self.seal(content)

        [listed] = await self.listed()
        assert (listed.size, listed.serial) == (len(content), 1)
        assert await self.read() == content
