"""A value as it lies in a cell: who wrote it, what it follows, until when it counts."""

import struct
from typing import NamedTuple

PAST = 32
WRITE = 8

_HEAD = struct.Struct(">B I Q d d 8s B H")


class Stamp(NamedTuple):
    """One write. ``write`` names it, ``past`` those before it, the last first.

    Whoever was overtaken by no more than these still learns that its own write was made.

    Nothing counts after ``expires``; the cells keep it until ``keep`` all the same, so that no
    older copy outlives it. ``dead`` marks what was ended.
    """

    key: str
    epoch: int
    counter: int
    write: bytes
    past: bytes
    expires: float
    keep: float
    dead: bool
    body: bytes

    @property
    def rank(self) -> tuple[int, int, bytes]:
        """What tells it from every other state of the value."""
        return self.epoch, self.counter, self.write

    def follows(self, write: bytes) -> bool:
        """Whether this is the write, or knows that it came after it."""
        if write == self.write:
            return True
        past = self.past
        return any(past[at : at + WRITE] == write for at in range(0, len(past), WRITE))

    def to_bytes(self) -> bytes:
        """What ``from_bytes`` reads."""
        key = self.key.encode()
        head = _HEAD.pack(
            self.dead, self.epoch, self.counter, self.expires, self.keep, self.write,
            len(self.past) // WRITE, len(key),
        )  # fmt: skip
        return b"".join((head, self.past, key, self.body))

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Stamp":
        """Read a stamp; ``ValueError`` when it is none."""
        try:
            dead, epoch, counter, expires, keep, write, count, size = _HEAD.unpack_from(raw)
        except struct.error as error:
            raise ValueError("This is no stamp.") from error
        names = _HEAD.size + count * WRITE
        past = raw[_HEAD.size : names]
        key = raw[names : names + size].decode()
        return cls(key, epoch, counter, write, past, expires, keep, bool(dead), raw[names + size :])
