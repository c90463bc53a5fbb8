"""The frames of pieces as items: each under a key of its own, with a tag that nobody else makes."""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from hashlib import blake2b
from hmac import compare_digest

from satchel_hookspecs import BLOCK, Block, ChecksumMismatch
from satchel_hookspecs.blocks import ProvedFrame, prove_frame, to_frame
from satchel_hookspecs.frame_stream import Parts
from satchel_memcache.host import Keyed
from satchel_memcache.item import HOME, Item

KNOWN = 256
TAG = 16
HEAD = len(to_frame("", Block.of(0, b"")))
LARGEST = BLOCK + 8192
"""No frame with its tag is larger, whatever a cipher adds."""

_PURPOSE = b"satchel frame"


class Frames:
    """Seals frames with the first key, knows those that were sealed with any.

    The tag is over a frame's head; the digest there proves the rest.
    """

    def __init__(self, key_of: Callable[[str, str], str], keys: Sequence[bytes]) -> None:
        self._home = lru_cache(KNOWN)(partial(key_of, "frame"))
        self._keys = [blake2b(_PURPOSE, key=key[:64]).digest() for key in keys]

    def item(self, piece: str, number: int) -> Item[ProvedFrame]:
        """Where the frame lies, and what proves it."""
        return Item(self.key(piece, number), lambda raw: self._prove(piece, number, raw))

    def key(self, piece: str, number: int) -> str:
        """Where the frame lies."""
        return f"{self._home(piece)}{HOME}{number}"

    def close(self, piece: str, number: int, parts: Parts) -> Keyed:
        """Where the frame lies, and the item there, both in parts."""
        key, head = self.key(piece, number), b"".join(part[:HEAD] for part in parts)
        return key, (self._tag(self._keys[0], key, head), *parts)

    def _prove(self, piece: str, number: int, raw: bytes) -> ProvedFrame | None:
        name, tag, frame = self.key(piece, number), raw[:TAG], memoryview(raw)[TAG:]
        if not any(compare_digest(tag, self._tag(key, name, frame)) for key in self._keys):
            return None
        try:
            return prove_frame(piece, number, frame)
        except ChecksumMismatch:
            return None

    @staticmethod
    def _tag(key: bytes, name: str, frame: bytes | memoryview) -> bytes:
        return blake2b(name.encode() + bytes(frame[:HEAD]), key=key, digest_size=TAG).digest()
