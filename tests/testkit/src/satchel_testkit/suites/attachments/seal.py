"""Only what was sealed is served, and what was sealed stays as it is."""

import pytest

from satchel_hookspecs import BLOCK, ChecksumMismatch, Conflict, Progress, Purpose
from satchel_testkit.attachment_suite import AttachmentSuite, ref
from satchel_testkit.content import cut, digest, some_bytes


class TestSeal(AttachmentSuite):
    @pytest.mark.parametrize("purpose", [Purpose.SEND, Purpose.DOWNLOAD, Purpose.DISPLAY])
    async def test_what_is_not_sealed_is_not_served(self, purpose: Purpose) -> None:
        await self.upload(b"hello")

        assert await self.read(purpose=purpose) is None
        [listed] = await self.listed()
        assert (listed.size, listed.sealed, listed.sha256) == (5, False, None)

    async def test_what_is_not_sealed_can_be_read_back_to_seal_it(self) -> None:
        content = some_bytes(BLOCK + 5)
        await self.upload(content)

        assert await self.read(purpose=Purpose.SEAL) == content

    async def test_sealing_twice_is_no_error(self) -> None:
        first = await self.keep(b"hello")
        again = await self.seal(b"hello", hooks=await self.another())

        assert (again.sha256, again.serial) == (first.sha256, first.serial)

    @pytest.mark.parametrize("other", [b"other", b"hell"])
    async def test_sealing_again_as_another_file_is_a_mismatch(self, other: bytes) -> None:
        await self.keep(b"hello")

        with pytest.raises(ChecksumMismatch):
            await self.seal(other)
        assert (await self.stat()).sha256 == digest(b"hello")  # type: ignore[union-attr]

    @pytest.mark.parametrize("size", [4, 5, 6, 9])
    async def test_sealing_with_another_size_says_how_far_it_is(self, size: int) -> None:
        await self.pour(cut(b"hello"), 9)

        with pytest.raises(Conflict) as refused:
            await self.hooks.attachment_seal(ref=ref(), size=size, sha256=digest(b"hello"))
        assert refused.value.current == Progress(5, sealed=False)
        assert await self.read() is None

    async def test_sealing_what_is_unknown_is_a_conflict(self) -> None:
        with pytest.raises(Conflict) as refused:
            await self.seal(b"hello")
        assert refused.value.current is None

    @pytest.mark.parametrize("start", [0, 1])
    async def test_a_sealed_one_takes_no_more(self, start: int) -> None:
        await self.keep(b"hello")

        with pytest.raises(Conflict) as refused:
            await self.pour(cut(b"later"), 5, start=start)
        assert refused.value.current == Progress(5, sealed=True)
        assert await self.read() == b"hello"

    async def test_an_empty_file_is_sealed_like_any_other(self) -> None:
        await self.upload(b"")
        assert await self.read() is None
        await self.seal(b"")

        assert await self.read() == b""
        with pytest.raises(Conflict):
            await self.upload(b"")
