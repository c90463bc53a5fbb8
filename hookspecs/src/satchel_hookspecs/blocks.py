"""Blocks: how the bytes of an attachment travel between host, wrappers and store."""

import hashlib
import struct
from dataclasses import dataclass

from satchel_hookspecs.errors import ChecksumMismatch

BLOCK = 256 * 1024
"""Bytes of the client in every block but the last."""

_HEADER = struct.Struct(">QI32s32s16s")


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its index, its bytes as handed on, and what the client's bytes were.

    ``digest`` is the SHA-256 of the client's ``size`` bytes, ``check`` that of ``data``; both are
    32 bytes, and equal until a wrapper changes the data.
    """

    index: int
    data: bytes
    size: int
    digest: bytes
    check: bytes

    @classmethod
    def of(cls, index: int, data: bytes) -> "Block":
        """A block of the client's own bytes."""
        digest = hashlib.sha256(data).digest()
        return cls(index, data, len(data), digest, digest)

    def carrying(self, data: bytes) -> "Block":
        """The same block of the client's with other bytes handed on, as a wrapper does."""
        check = hashlib.sha256(data).digest()
        return Block(self.index, data, self.size, self.digest, check)

    def verified(self) -> "Block":
        """Return itself when ``data`` are the client's bytes, else raise ``ChecksumMismatch``."""
        if len(self.data) == self.size and hashlib.sha256(self.data).digest() == self.digest:
            return self
        raise ChecksumMismatch(f"Block {self.index} is not what was uploaded.")


def to_frame(piece: str, block: Block) -> bytes:
    """Turn a block into the bytes that a store keeps of it, bound to its piece and index."""
    return b"".join(to_parts(piece, block))


def to_parts(piece: str, block: Block) -> tuple[bytes, bytes]:
    """The frame of ``to_frame``, in two: the head, and the block's data as they are."""
    tag = _tag(piece, block.index, block.size, block.digest, block.check)
    return _HEADER.pack(block.index, block.size, block.digest, block.check, tag), block.data


class ProvedFrame(bytes):
    """Kept bytes that ``prove_frame`` has found to be the block of this index in this piece."""

    block: tuple[str, int]


def prove_frame(piece: str, index: int, frame: bytes | memoryview) -> ProvedFrame:
    """Prove kept bytes as ``from_frame`` does, which does not do so again then."""
    if isinstance(frame, ProvedFrame) and frame.block == (piece, index):
        return frame
    _check(piece, index, frame)
    proved = ProvedFrame(frame)
    proved.block = piece, index
    return proved


def from_frame(piece: str, index: int, frame: bytes) -> Block:
    """Turn kept bytes back into the block; ``ChecksumMismatch`` when they are not that block.

    Needs no key: any copy can be checked by whoever holds it.
    """
    if not isinstance(frame, ProvedFrame) or frame.block != (piece, index):
        _check(piece, index, frame)
    _, size, digest, check, _ = _HEADER.unpack_from(frame)
    return Block(index, frame[_HEADER.size :], size, digest, check)


def _check(piece: str, index: int, frame: bytes | memoryview) -> None:
    if len(frame) < _HEADER.size:
        raise ChecksumMismatch(f"Block {index} of piece {piece} is cut short.")
    kept, size, digest, check, tag = _HEADER.unpack_from(frame)
    if (kept, tag) != (index, _tag(piece, index, size, digest, check)):
        raise ChecksumMismatch(f"Block {index} of piece {piece} is another block.")
    if hashlib.sha256(memoryview(frame)[_HEADER.size :]).digest() != check:
        raise ChecksumMismatch(f"Block {index} of piece {piece} is damaged.")


def _tag(piece: str, index: int, size: int, digest: bytes, check: bytes) -> bytes:
    bound = b"%s\0%d\0%d\0" % (piece.encode(), index, size)
    return hashlib.sha256(bound + digest + check).digest()[:16]
