"""Bytes that are not what was uploaded are noticed, and never served."""

from collections.abc import Callable

import pytest

from satchel_hookspecs import BLOCK, ChecksumMismatch, Unavailable
from satchel_testkit.attachment_suite import AttachmentSuite, ref
from satchel_testkit.content import some_bytes
from satchel_testkit.suite import needs

Damage = Callable[[bytes], bytes | None]
DAMAGES: dict[str, Damage] = {
    "a_bit_of_the_data": lambda frame: frame[:-1] + bytes([frame[-1] ^ 1]),
    "a_bit_of_the_head": lambda frame: bytes([frame[0] ^ 1]) + frame[1:],
    "cut_short": lambda frame: frame[:50],
    "one_byte_less": lambda frame: frame[:-1],
    "one_byte_more": lambda frame: frame + b"\0",
    "emptied": lambda frame: b"",
    "missing": lambda frame: None,
}


@needs("damage")
class TestDamage(AttachmentSuite):
    @pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
    async def test_a_damaged_block_is_noticed(self, damage: Damage) -> None:
        content = some_bytes(3 * BLOCK)
        await self.keep(content)

        self.harness.damage(lambda number, frame: damage(frame) if number == 1 else frame)

        with pytest.raises(ChecksumMismatch):
            await self.read()

    async def test_what_comes_before_the_damage_is_served(self) -> None:
        await self.keep(some_bytes(2 * BLOCK))

        self.harness.damage(lambda number, frame: frame[:-1] + b"?" if number == 1 else frame)

        assert await self.read(first=0, last=0) == some_bytes(BLOCK)

    @pytest.mark.parametrize("size", [1, BLOCK + 1, 3 * BLOCK])
    async def test_an_end_that_is_missing_is_noticed(self, size: int) -> None:
        await self.keep(some_bytes(size))
        last = -(-size // BLOCK) - 1

        self.harness.damage(lambda number, frame: None if number == last else frame)

        with pytest.raises(ChecksumMismatch):
            await self.read()

    async def test_swapped_blocks_are_noticed(self) -> None:
        await self.keep(some_bytes(2 * BLOCK))
        frames: dict[int, bytes] = {}
        self.harness.damage(lambda number, frame: frames.setdefault(number, frame))

        self.harness.damage(lambda number, frame: frames[1 - number])

        with pytest.raises(ChecksumMismatch):
            await self.read()

    async def test_blocks_swapped_with_another_attachment_are_noticed(self) -> None:
        await self.keep(b"mine")
        await self.keep(b"your", ref("id2"))
        frames: list[bytes] = []
        self.harness.damage(lambda number, frame: frames.append(frame) or frame)  # type: ignore[func-returns-value]

        self.harness.damage(lambda number, frame: frames[1 - frames.index(frame)])

        for id in ("id1", "id2"):
            with pytest.raises(ChecksumMismatch):
                await self.read(ref(id))

    @needs("wipe")
    async def test_bytes_that_were_wiped_are_missing_and_never_empty(self) -> None:
        await self.keep(some_bytes(BLOCK + 1))

        self.harness.wipe()

        with pytest.raises((ChecksumMismatch, Unavailable)):
            await self.read()
