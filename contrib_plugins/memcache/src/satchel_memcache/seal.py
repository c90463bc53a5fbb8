"""The seal of a stamp: only who has the installation's secret writes one."""

from collections.abc import Sequence
from hashlib import blake2b
from hmac import compare_digest

from satchel_memcache.stamp import Stamp

MARK = b"s1"
TAG = 16
SLICE = 2047
WHOLE = 65536
_PURPOSE = b"satchel register"


class Forged(Exception):
    """Satchel did not write this, or somebody changed it."""


class Foreign(Exception):
    """Satchel wrote this under another key."""


class Seal:
    """Seals with the first key, opens with each."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = [blake2b(_PURPOSE, key=key[:64]).digest() for key in keys]

    def close(self, stamp: Stamp) -> bytes:
        """The stamp as bytes that nobody else can make."""
        plain = stamp.to_bytes()
        return MARK + self._tag(self._keys[0], plain) + plain

    def open(self, raw: bytes, key: str) -> Stamp:
        """Read what ``close`` gave; ``Forged`` or ``Foreign`` when it is not of this key."""
        tag, plain = raw[len(MARK) : len(MARK) + TAG], raw[len(MARK) + TAG :]
        if not raw.startswith(MARK) or not self._is_ours(tag, plain):
            raise Forged
        stamp = Stamp.from_bytes(plain)
        if stamp.key != key:
            raise Foreign
        return stamp

    def _is_ours(self, tag: bytes, plain: bytes) -> bool:
        return any(compare_digest(tag, self._tag(key, plain)) for key in self._keys)

    @staticmethod
    def _tag(key: bytes, plain: bytes) -> bytes:
        # hashlib lets go of the interpreter from 2048 bytes on; beside the threads of the hosts,
        # getting it back costs ten times as much as the digest of a session.
        if len(plain) > WHOLE:
            return blake2b(plain, key=key, digest_size=TAG).digest()
        digest = blake2b(plain[:SLICE], key=key, digest_size=TAG)
        for at in range(SLICE, len(plain), SLICE):
            digest.update(plain[at : at + SLICE])
        return digest.digest()
