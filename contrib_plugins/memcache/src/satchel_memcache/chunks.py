"""A value in chunks: what its register keeps in its place, and the items that hold it."""

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from hmac import compare_digest

from satchel_memcache.item import HOME, Item

DIGEST = 16


@dataclass(frozen=True, slots=True)
class Chunks:
    """The name under which they were written, once, and the digest of each."""

    id: str
    digests: tuple[bytes, ...]

    @classmethod
    def of(cls, parts: Sequence[bytes]) -> "Chunks":
        """Chunks for these parts, under a fresh name."""
        return cls(secrets.token_hex(8), tuple(_digest(part) for part in parts))

    def items(self, key: str) -> Sequence[Item[bytes]]:
        """Where the chunks of the value under ``key`` lie, and what proves each."""
        return [
            Item(f"{key}{HOME}{self.id}.{number}", _proof(digest))
            for number, digest in enumerate(self.digests)
        ]

    def to_bytes(self) -> bytes:
        """What ``from_bytes`` reads."""
        return json.dumps([self.id, *(digest.hex() for digest in self.digests)]).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Chunks":
        """Read chunks that a register kept."""
        id, *digests = json.loads(raw)
        return cls(id, tuple(bytes.fromhex(digest) for digest in digests))


def cut(body: bytes, size: int) -> Sequence[bytes]:
    """The body in parts of ``size`` bytes; only the last may be shorter."""
    return [body[at : at + size] for at in range(0, len(body), size)]


def _digest(part: bytes) -> bytes:
    return blake2b(part, digest_size=DIGEST).digest()


def _proof(digest: bytes) -> Callable[[bytes], bytes | None]:
    return lambda part: part if compare_digest(_digest(part), digest) else None
