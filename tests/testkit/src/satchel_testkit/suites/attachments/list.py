"""The list of a compose is whole, in order, and its owner's alone."""

import asyncio

import pytest

from satchel_hookspecs import BLOCK, Conflict, Usage
from satchel_testkit.attachment_suite import (
    GROUP,
    OTHER,
    OWNER,
    AttachmentSuite,
    asking,
    ref,
)
from satchel_testkit.content import cut, held, some_bytes


class TestList(AttachmentSuite):
    async def test_the_list_is_by_position_then_by_commit(self) -> None:
        for id, position in (("z", 1), ("b", 0), ("a", 0), ("c", -1)):
            await self.keep(b"x", ref(id), position)

        assert [one.ref.id for one in await self.listed()] == ["c", "b", "a", "z"]

    async def test_uploads_at_once_from_two_instances_are_all_listed(self) -> None:
        both = (self.hooks, await self.another())
        ids = [f"id{number}" for number in range(10)]
        async with asyncio.TaskGroup() as group:
            for number, id in enumerate(ids):
                group.create_task(self.keep(b"x", ref(id), hooks=both[number % 2]))

        listed = await self.listed()
        assert sorted(one.ref.id for one in listed) == ids
        assert [one.serial for one in listed] == list(range(1, 11))

    async def test_only_the_name_changes_when_it_is_renamed(self) -> None:
        before = await self.keep(some_bytes(BLOCK + 1))

        renamed = await self.hooks.attachment_rename(ref=ref(), filename="a/../b\0.pdf")

        assert (renamed.filename, renamed.size) == ("a/../b\0.pdf", BLOCK + 1)
        after = await self.stat(hooks=await self.another())
        assert after is not None
        assert (after.filename, after.sha256, after.serial, after.position, after.sealed) == (
            "a/../b\0.pdf", before.sha256, before.serial, before.position, True,
        )  # fmt: skip
        assert await self.read() == some_bytes(BLOCK + 1)

    async def test_an_unsealed_one_can_be_renamed_while_it_grows(self) -> None:
        content, began, resume = some_bytes(2 * BLOCK), asyncio.Event(), asyncio.Event()
        request = asking(ref(), len(content))
        upload = asyncio.create_task(
            self.hooks.attachment_upload(
                request=request, start=0, blocks=held(cut(content), began, resume)
            )
        )
        await began.wait()
        await self.hooks.attachment_rename(ref=ref(), filename="new.pdf")
        resume.set()
        await upload

        assert (await self.seal(content)).filename == "new.pdf"

    async def test_a_deleted_one_is_gone(self) -> None:
        await self.keep(b"hello")
        await self.keep(b"other", ref("id2"))

        assert await self.hooks.attachment_delete(ref=ref()) is True

        other = await self.another()
        assert await self.stat(hooks=other) is None
        assert await self.read(hooks=other) is None
        assert [one.ref.id for one in await self.listed(hooks=other)] == ["id2"]
        with pytest.raises(Conflict):
            await self.seal(b"hello")

    async def test_deleting_twice_is_no_error(self) -> None:
        await self.keep(b"hello")
        await self.hooks.attachment_delete(ref=ref())

        assert await self.hooks.attachment_delete(ref=ref()) is False

    async def test_a_delete_beats_the_upload_that_is_under_way(self) -> None:
        content, began, resume = some_bytes(2 * BLOCK), asyncio.Event(), asyncio.Event()
        request = asking(ref(), len(content))
        upload = asyncio.create_task(
            self.hooks.attachment_upload(
                request=request, start=0, blocks=held(cut(content), began, resume)
            )
        )
        await began.wait()
        await self.hooks.attachment_delete(ref=ref())
        resume.set()

        with pytest.raises(Conflict):
            await upload
        assert await self.stat() is None

    @pytest.mark.parametrize("came_before", [True, False])
    async def test_an_upload_that_comes_after_its_delete_revives_nothing(
        self, came_before: bool
    ) -> None:
        other = await self.another()
        if came_before:
            await self.keep(b"hello")
        await self.keep(b"other", ref("id2"))

        assert await self.hooks.attachment_delete(ref=ref()) is came_before

        with pytest.raises(Conflict) as refused:
            await self.upload(b"hello", hooks=other)
        assert refused.value.current is None
        await self.hooks.attachment_delete(ref=ref("id2"))
        with pytest.raises(Conflict):
            await self.upload(b"hello", hooks=other)
        assert await self.listed() == []

    async def test_of_two_renames_at_once_one_stays(self) -> None:
        await self.keep(b"hello")
        other = await self.another()
        await asyncio.gather(
            self.hooks.attachment_rename(ref=ref(), filename="a"),
            other.attachment_rename(ref=ref(), filename="b"),
        )

        seen = {(await self.stat(hooks=one)).filename for one in (self.hooks, other)}  # type: ignore[union-attr]
        assert seen in ({"a"}, {"b"})

    async def test_usage_counts_the_clients_bytes_in_all_groups(self) -> None:
        await self.open_group("g2")
        await self.keep(some_bytes(BLOCK + 1))
        await self.keep(b"hello", ref(group="g2"))
        await self.upload(b"unsealed", ref("id2"))

        assert await self.hooks.attachment_usage(owner=OWNER) == Usage(BLOCK + 14, 3)
        assert await self.hooks.attachment_usage(owner=OTHER) == Usage(0, 0)

    async def test_another_owner_sees_nothing(self) -> None:
        await self.keep(b"hello")
        foreign = ref(owner=OTHER)

        assert await self.stat(foreign) is None
        assert await self.read(foreign) is None
        assert list(await self.hooks.attachment_list(owner=OTHER, group=GROUP)) == []

    async def test_another_owner_changes_nothing(self) -> None:
        await self.keep(b"hello")
        await self.open_group(owner=OTHER)
        foreign = ref(owner=OTHER)

        assert await self.hooks.attachment_delete(ref=foreign) is False
        assert await self.hooks.attachment_rename(ref=foreign, filename="x") is None
        assert await self.hooks.attachments_cleanup(owner=OTHER, group=None) == 0
        assert await self.read() == b"hello"
