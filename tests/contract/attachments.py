"""The attachment lifecycle, as every store and every wrapper around it has to keep it."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from satchel_hookspecs import BLOCK, Block, ChecksumMismatch, Conflict, Progress, Purpose
from tests.contract.harness import (
    GROUP,
    OWNER,
    Clock,
    broken_after,
    cut,
    read,
    ref,
    request,
    some_bytes,
    stream,
)

SIZES = [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 40 * BLOCK + 7]
TTL = 3600


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class AttachmentContract:
    """Subclasses give the fixtures ``make`` (hooks over one medium, again and again) and ``clock``.

    ``damage(change)`` applies a function to every kept frame of the medium, by its number.
    """

    @pytest.fixture
    async def hooks(self, make: Callable[[], Any]) -> Any:
        hooks = make()
        await hooks.attachments_touch(owner=OWNER, group=GROUP, ttl=TTL)
        return hooks

    @staticmethod
    async def keep(hooks: Any, content: bytes, id: str = "id1", position: int = 0) -> Any:
        asked = request(ref(id), len(content), position)
        await hooks.attachment_upload(request=asked, start=0, blocks=stream(cut(content)))
        return await hooks.attachment_seal(ref=ref(id), size=len(content), sha256=digest(content))

    @pytest.mark.parametrize("size", SIZES)
    async def test_what_was_uploaded_is_what_is_read(self, hooks, size):
        content = some_bytes(size)

        attachment = await self.keep(hooks, content)

        assert (attachment.size, attachment.sealed) == (size, True)
        assert await read(hooks, ref()) == content

    async def test_an_upload_in_two_pieces_goes_on_from_another_instance(self, hooks, make):
        content = some_bytes(3 * BLOCK + 100)
        asked = request(ref(), len(content))
        cut_short = [*cut(content)[:1], Block.of(1, content[BLOCK : BLOCK + 10])]
        with pytest.raises(ConnectionResetError):
            await hooks.attachment_upload(
                request=asked, start=0, blocks=broken_after(cut_short, ConnectionResetError())
            )

        other = make()
        kept = (await other.attachment_stat(ref=ref())).progress
        await other.attachment_upload(
            request=asked, start=kept.next_block, blocks=stream(cut(content, kept.next_block))
        )
        await other.attachment_seal(ref=ref(), size=len(content), sha256=digest(content))

        assert kept == Progress(BLOCK + 10, sealed=False)
        assert await read(hooks, ref()) == content

    @pytest.mark.parametrize(("first", "last"), [(0, 0), (1, 2), (39, 40), (33, None), (41, None)])
    async def test_a_part_is_read_by_its_blocks(self, hooks, first, last):
        content = some_bytes(40 * BLOCK + 7)
        await self.keep(hooks, content)

        stop = 41 if last is None else last + 1
        assert await read(hooks, ref(), first, last) == content[first * BLOCK : stop * BLOCK]

    @pytest.mark.parametrize("start", [1, 2, 3, 99])
    async def test_a_wrong_start_is_a_conflict_that_says_how_far_it_is(self, hooks, start):
        content = some_bytes(BLOCK + 5)
        asked = request(ref(), 3 * BLOCK)
        await hooks.attachment_upload(request=asked, start=0, blocks=stream(cut(content)))

        if start == 1:
            again = hooks.attachment_upload(request=asked, start=1, blocks=stream(cut(content, 1)))
            assert (await again).size == BLOCK + 5
            return
        with pytest.raises(Conflict) as refused:
            await hooks.attachment_upload(request=asked, start=start, blocks=stream([]))
        assert refused.value.current == Progress(BLOCK + 5, sealed=False)

    async def test_a_newer_call_fences_a_stalled_one(self, hooks, make):
        content, asked = some_bytes(2 * BLOCK), request(ref(), 2 * BLOCK)
        began, resume = asyncio.Event(), asyncio.Event()

        async def stalled() -> AsyncIterator[Block]:
            began.set()
            yield cut(content)[0]
            await resume.wait()
            yield Block.of(1, b"old" * 10)

        older = asyncio.create_task(
            hooks.attachment_upload(request=asked, start=0, blocks=stalled())
        )
        await began.wait()
        await make().attachment_upload(request=asked, start=0, blocks=stream(cut(content)))
        resume.set()

        with pytest.raises(Conflict):
            await older
        await hooks.attachment_seal(ref=ref(), size=len(content), sha256=digest(content))
        assert await read(hooks, ref()) == content

    async def test_only_what_is_sealed_is_served(self, hooks):
        await hooks.attachment_upload(
            request=request(ref(), 5), start=0, blocks=stream(cut(b"hello"))
        )

        assert await read(hooks, ref()) is None
        [listed] = await hooks.attachment_list(owner=OWNER, group=GROUP)
        assert (listed.size, listed.sealed, listed.sha256) == (5, False, None)

    async def test_what_is_not_sealed_can_be_read_back_to_seal_it(self, hooks):
        content = some_bytes(BLOCK + 5)
        asked = request(ref(), len(content))
        await hooks.attachment_upload(request=asked, start=0, blocks=stream(cut(content)))

        assert await read(hooks, ref(), purpose=Purpose.SEAL) == content

    async def test_sealing_twice_is_no_error_but_with_another_digest_it_is(self, hooks):
        first = await self.keep(hooks, b"hello")

        again = await hooks.attachment_seal(ref=ref(), size=5, sha256=digest(b"hello"))
        assert (again.sha256, again.serial) == (first.sha256, first.serial)
        with pytest.raises(ChecksumMismatch):
            await hooks.attachment_seal(ref=ref(), size=5, sha256=digest(b"other"))

    async def test_sealing_less_than_was_announced_says_how_far_it_is(self, hooks):
        await hooks.attachment_upload(
            request=request(ref(), 9), start=0, blocks=stream(cut(b"hello"))
        )

        with pytest.raises(Conflict) as refused:
            await hooks.attachment_seal(ref=ref(), size=9, sha256=digest(b"hello"))
        assert refused.value.current == Progress(5, sealed=False)

    async def test_a_sealed_one_takes_no_more(self, hooks):
        await self.keep(hooks, b"hello")

        with pytest.raises(Conflict) as refused:
            await hooks.attachment_upload(request=request(ref(), 5), start=0, blocks=stream([]))
        assert refused.value.current == Progress(5, sealed=True)

    async def test_blocks_out_of_order_are_refused(self, hooks):
        blocks = cut(some_bytes(3 * BLOCK))
        with pytest.raises(Conflict):
            await hooks.attachment_upload(
                request=request(ref(), 3 * BLOCK), start=0, blocks=stream([blocks[0], blocks[2]])
            )

        assert (await hooks.attachment_stat(ref=ref())).progress.size in {0, BLOCK}

    @pytest.mark.parametrize("after", range(0, 60, 3))
    async def test_a_call_that_is_cancelled_leaves_nothing_half_known(self, hooks, make, after):
        content = some_bytes(34 * BLOCK)
        call = asyncio.create_task(self.keep(hooks, content))
        for _ in range(after):
            await asyncio.sleep(0)
        call.cancel()
        await asyncio.wait({call})

        other = make()
        found = await other.attachment_stat(ref=ref())
        if found is not None and found.sealed:
            assert await read(other, ref()) == content
        else:
            await self.keep(other, content)
            assert await read(other, ref()) == content

    async def test_the_list_is_by_position_then_by_commit(self, hooks):
        for id, position in (("late", 1), ("first", 0), ("second", 0)):
            await self.keep(hooks, b"x", id, position)

        listed = await hooks.attachment_list(owner=OWNER, group=GROUP)
        assert [one.ref.id for one in listed] == ["first", "second", "late"]

    async def test_uploads_at_once_from_two_instances_are_all_listed(self, hooks, make):
        both = (hooks, make())
        async with asyncio.TaskGroup() as group:
            for number in range(10):
                group.create_task(self.keep(both[number % 2], b"%d" % number, f"id{number}"))

        listed = await hooks.attachment_list(owner=OWNER, group=GROUP)
        assert {one.ref.id for one in listed} == {f"id{number}" for number in range(10)}

    async def test_only_the_name_changes_when_it_is_renamed(self, hooks):
        await self.keep(hooks, b"hello")
        name = "../a\0b\u202e\ud800" + "x" * 1000

        renamed = await hooks.attachment_rename(ref=ref(), filename=name)

        assert (renamed.filename, renamed.size) == (name, 5)
        assert (await hooks.attachment_stat(ref=ref())).filename == name
        assert await read(hooks, ref()) == b"hello"
        assert await hooks.attachment_rename(ref=ref("none"), filename="x") is None

    async def test_deleting_twice_is_no_error(self, hooks):
        await self.keep(hooks, b"hello")

        assert await hooks.attachment_delete(ref=ref()) is True
        assert await hooks.attachment_delete(ref=ref()) is False
        assert await read(hooks, ref()) is None
        assert await hooks.attachment_list(owner=OWNER, group=GROUP) == ()

    async def test_a_delete_beats_the_upload_that_is_under_way(self, hooks):
        began, resume = asyncio.Event(), asyncio.Event()

        async def waiting() -> AsyncIterator[Block]:
            began.set()
            await resume.wait()
            yield Block.of(0, b"late")

        upload = asyncio.create_task(
            hooks.attachment_upload(request=request(ref(), 4), start=0, blocks=waiting())
        )
        await began.wait()
        await hooks.attachment_delete(ref=ref())
        resume.set()

        with pytest.raises(Conflict):
            await upload
        assert await hooks.attachment_stat(ref=ref()) is None

    async def test_another_owner_sees_nothing(self, hooks):
        await self.keep(hooks, b"hello")
        foreign = ref(owner="b" * 32)

        assert await hooks.attachment_stat(ref=foreign) is None
        assert await read(hooks, foreign) is None
        assert await hooks.attachment_delete(ref=foreign) is False
        assert await hooks.attachments_cleanup(owner="b" * 32, group=GROUP) == 0
        assert await read(hooks, ref()) == b"hello"

    async def test_a_group_that_was_never_opened_takes_nothing(self, hooks):
        with pytest.raises(Conflict) as refused:
            await hooks.attachment_upload(
                request=request(ref(group="g2"), 1), start=0, blocks=stream(cut(b"x"))
            )
        assert refused.value.current is None

    async def test_cleaning_up_a_group_leaves_the_others_and_closes_it(self, hooks):
        await self.keep(hooks, b"hello")
        assert await hooks.attachments_touch(owner=OWNER, group="g2", ttl=TTL) is False

        assert await hooks.attachments_cleanup(owner=OWNER, group=GROUP) == 1

        assert await read(hooks, ref()) is None
        with pytest.raises(Conflict):
            await self.keep(hooks, b"late")
        with pytest.raises(Conflict):
            await hooks.attachments_touch(owner=OWNER, group=GROUP, ttl=TTL)
        assert await hooks.attachments_touch(owner=OWNER, group="g2", ttl=TTL) is True

    async def test_cleaning_up_an_owner_takes_all_groups_of_that_owner(self, hooks):
        await self.keep(hooks, b"hello")
        await hooks.attachments_touch(owner="b" * 32, group=GROUP, ttl=TTL)

        assert await hooks.attachments_cleanup(owner=OWNER, group=None) == 1
        assert await hooks.attachments_touch(owner="b" * 32, group=GROUP, ttl=TTL) is True

    async def test_usage_counts_the_clients_bytes(self, hooks):
        await self.keep(hooks, some_bytes(BLOCK + 1))
        await self.keep(hooks, b"hello", "id2")

        usage = await hooks.attachment_usage(owner=OWNER)
        assert (usage.size, usage.count) == (BLOCK + 6, 2)

    async def test_what_expired_is_absent_and_swept(self, hooks, clock: Clock):
        await self.keep(hooks, b"hello")
        clock.moved += TTL + 1

        assert await hooks.attachment_stat(ref=ref()) is None
        assert await hooks.attachment_list(owner=OWNER, group=GROUP) == ()
        report = await hooks.attachment_gc(limit=100)
        assert report.refs == (ref(),)
        assert (await hooks.attachment_usage(owner=OWNER)).count == 0

    async def test_touching_keeps_a_group_alive_and_never_shortens_it(self, hooks, clock: Clock):
        await self.keep(hooks, b"hello")
        await hooks.attachments_touch(owner=OWNER, group=GROUP, ttl=3 * TTL)
        await hooks.attachments_touch(owner=OWNER, group=GROUP, ttl=1)
        clock.moved += 2 * TTL

        assert (await hooks.attachment_gc(limit=100)).removed == 0
        assert await read(hooks, ref()) == b"hello"

    async def test_the_sweep_takes_abandoned_pieces_and_no_live_ones(self, hooks, clock: Clock):
        await hooks.attachments_touch(owner=OWNER, group=GROUP, ttl=100 * TTL)
        await self.keep(hooks, some_bytes(BLOCK))
        await self.keep(hooks, b"x", "id2")
        asked = request(ref("id3"), 2)
        await hooks.attachment_upload(request=asked, start=0, blocks=stream(cut(b"a")))
        await hooks.attachment_upload(request=asked, start=0, blocks=stream(cut(b"b")))
        clock.moved += 2 * TTL

        assert (await hooks.attachment_gc(limit=100)).removed == 1
        assert (await hooks.attachment_gc(limit=100)).removed == 0
        assert await read(hooks, ref()) == some_bytes(BLOCK)

    async def test_a_reader_left_early_is_closed_and_the_next_reads_all(self, hooks):
        content = some_bytes(10 * BLOCK)
        await self.keep(hooks, content)

        reader = await hooks.attachment_get(ref=ref(), first=0, last=None, purpose=Purpose.SEND)
        async with reader:
            async for _ in reader:
                break

        assert await read(hooks, ref()) == content

    async def test_damage_is_noticed_and_never_served(self, hooks, damage):
        await self.keep(hooks, some_bytes(2 * BLOCK))
        damage(lambda number, frame: frame[:-1] + bytes([frame[-1] ^ 1]) if number == 1 else frame)

        assert await read(hooks, ref(), 0, 0) == some_bytes(BLOCK)
        with pytest.raises(ChecksumMismatch):
            await read(hooks, ref())

    async def test_a_frame_cut_short_is_noticed(self, hooks, damage):
        await self.keep(hooks, some_bytes(2 * BLOCK))
        damage(lambda number, frame: frame[:50] if number == 1 else frame)

        with pytest.raises(ChecksumMismatch):
            await read(hooks, ref())

    async def test_swapped_blocks_are_noticed(self, hooks, damage):
        await self.keep(hooks, some_bytes(2 * BLOCK))
        frames: dict[int, bytes] = {}
        damage(lambda number, frame: frames.setdefault(number, frame))
        damage(lambda number, frame: frames[1 - number])

        with pytest.raises(ChecksumMismatch):
            await read(hooks, ref())

    async def test_a_missing_frame_is_noticed(self, hooks, damage):
        await self.keep(hooks, some_bytes(2 * BLOCK))
        damage(lambda number, frame: None if number == 1 else frame)

        with pytest.raises(ChecksumMismatch):
            await read(hooks, ref())
