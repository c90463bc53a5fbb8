"""Frames: what is proved once is not proved again, and only that."""

import hashlib

import pytest

from satchel_hookspecs import Block, ChecksumMismatch
from satchel_hookspecs.blocks import ProvedFrame, from_frame, prove_frame, to_frame

BLOCK = Block.of(3, b"bytes of somebody")
FRAME = to_frame("p", BLOCK)


def test_a_frame_that_is_proved_is_the_same_bytes() -> None:
    proved = prove_frame("p", 3, memoryview(FRAME))

    assert proved == FRAME
    assert prove_frame("p", 3, proved) is proved
    assert from_frame("p", 3, proved) == BLOCK


def test_a_digest_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    proved, sha256, made = prove_frame("p", 3, FRAME), hashlib.sha256, list[int]()

    def count(data: bytes) -> object:
        made.append(len(data))
        return sha256(data)

    monkeypatch.setattr("hashlib.sha256", count)
    from_frame("p", 3, proved)
    assert made == []
    from_frame("p", 3, FRAME)
    assert BLOCK.size in made


@pytest.mark.parametrize(("piece", "index"), [("other", 3), ("p", 4)])
def test_a_proof_holds_for_its_own_place_alone(piece: str, index: int) -> None:
    proved = prove_frame("p", 3, FRAME)

    with pytest.raises(ChecksumMismatch, match="another block"):
        from_frame(piece, index, proved)
    with pytest.raises(ChecksumMismatch, match="another block"):
        prove_frame(piece, index, proved)


@pytest.mark.parametrize("wrong", [FRAME[:10], FRAME[:-1], FRAME[:-1] + b"?", b""])
def test_what_is_cut_or_changed_is_not_proved(wrong: bytes) -> None:
    with pytest.raises(ChecksumMismatch):
        prove_frame("p", 3, wrong)
    with pytest.raises(ChecksumMismatch):
        from_frame("p", 3, wrong)


def test_a_part_of_a_proved_frame_is_not_proved() -> None:
    assert not isinstance(prove_frame("p", 3, FRAME)[:-1], ProvedFrame)
