"""What goes in comes out, whatever its size and its name."""

import pytest

from satchel_hookspecs import BLOCK, Purpose, Source, UploadRequest
from satchel_testkit.attachment_suite import GROUP, OWNER, AttachmentSuite, ref
from satchel_testkit.content import cut, digest, some_bytes, stream

MANY = 40 * BLOCK + 7
NAMES = {
    "climbing": "../../etc/passwd",
    "slashes": "a/b\\c",
    "nul": "a\0b.pdf",
    "bidi": "a\u202efdp.exe",
    "surrogate": "a\ud800b",
    "lines": "a\r\nBcc: b",
    "quotes": "a'\"%s;--",
    "long": "x" * 1000,
    "wide": "日本語🎉" * 60,
    "empty": "",
    "dots": "..",
    "space": " ",
}


class TestRoundTrip(AttachmentSuite):
    @pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, MANY])
    async def test_what_was_uploaded_is_what_is_read(self, size: int) -> None:
        content = some_bytes(size)

        attachment = await self.keep(content)

        assert (attachment.size, attachment.total, attachment.sealed) == (size, size, True)
        assert attachment.sha256 == digest(content)
        assert await self.read() == content

    async def test_every_block_of_many_is_kept(self) -> None:
        content = some_bytes(MANY)
        await self.keep(content)

        reader = await self.hooks.attachment_get(ref=ref(), first=0, last=None, purpose="send")
        async with reader:
            indexes = [block.verified().index async for block in reader]
        assert indexes == list(range(41))

    @pytest.mark.parametrize(
        ("first", "last"), [(0, 0), (1, 2), (31, 32), (39, 40), (33, None), (40, 99), (41, None)]
    )
    async def test_a_part_is_read_by_its_blocks(self, first: int, last: int | None) -> None:
        content = some_bytes(MANY)
        await self.keep(content)

        stop = 41 if last is None else last + 1
        assert await self.read(first=first, last=last) == content[first * BLOCK : stop * BLOCK]

    async def test_a_file_of_unknown_size_comes_to_its_end_in_one_call(self) -> None:
        content = some_bytes(2 * BLOCK + 3)

        progress = await self.pour(cut(content), None)
        attachment = await self.seal(content)

        assert (progress.size, attachment.total) == (len(content), None)
        assert await self.read() == content

    async def test_what_was_acknowledged_is_there_on_another_node(self) -> None:
        other = await self.another()
        content = some_bytes(BLOCK + 1)

        progress = await self.upload(content)
        seen = await self.stat(hooks=other)
        kept = await self.read(purpose=Purpose.SEAL, hooks=other)
        await self.seal(content)

        assert seen is not None
        assert seen.progress == progress
        assert kept == content
        assert await self.read(hooks=other) == content

    @pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
    async def test_a_hostile_name_is_kept_as_it_is(self, name: str) -> None:
        request = UploadRequest(ref(), name, "x-odd/" + "y" * 200, 5, Source.FORWARD, 7)
        await self.hooks.attachment_upload(request=request, start=0, blocks=stream(cut(b"hello")))
        kept = await self.seal(b"hello")
        [listed] = await self.listed(hooks=await self.another())

        assert (kept.filename, listed.filename) == (name, name)
        assert (kept.content_type, kept.source, kept.position) == (
            request.content_type, Source.FORWARD, 7,
        )  # fmt: skip
        assert await self.read() == b"hello"

    async def test_a_reader_left_early_is_closed_and_the_next_reads_all(self) -> None:
        content = some_bytes(10 * BLOCK)
        await self.keep(content)

        for _ in range(20):
            reader = await self.hooks.attachment_get(ref=ref(), first=0, last=None, purpose="send")
            async with reader:
                async for _ in reader:
                    break

        assert await self.read() == content

    async def test_what_was_never_uploaded_is_none(self) -> None:
        assert await self.stat() is None
        assert await self.read() is None
        assert await self.listed() == []
        assert await self.hooks.attachment_delete(ref=ref()) is False
        assert await self.hooks.attachment_rename(ref=ref(), filename="x") is None
        assert await self.hooks.attachments_cleanup(owner=OWNER, group="never") == 0
        assert await self.hooks.attachments_cleanup(owner=OWNER, group=GROUP) == 0
