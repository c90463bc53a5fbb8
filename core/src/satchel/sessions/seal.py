"""The seal: what a store keeps of ours can neither be read nor forged by it."""

import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from satchel.sessions.values import JSON
from satchel_hookspecs import StoreError, TooLarge

LIMIT = 2 * 1024 * 1024
SHORTEST_SECRET = 32

_FORMAT = b"\x01"
_ID = 8
_NONCE = 12
_HEAD = len(_FORMAT) + _ID


class SealBroken(StoreError):
    """A stored value is not one that this installation sealed for this place."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"A stored {kind} cannot be opened; it is treated as if it were not there."
        )
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Place:
    """What a sealed value is bound to; with a ``token``, nothing but that token opens it."""

    kind: str
    key: str
    owner: str | None = None
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """A value, and whether its seal is of an older key and wants renewing."""

    value: JSON = field(repr=False)
    stale: bool


class KeyRing:
    """The secrets of the installation: the first one seals, every one opens."""

    def __init__(self, secrets: Sequence[bytes | str]) -> None:
        whole = [s.encode() if isinstance(s, str) else s for s in secrets]
        if not whole:
            raise ValueError("There is no secret to seal sessions with; set one of 32 characters.")
        if any(len(secret) < SHORTEST_SECRET for secret in whole):
            raise ValueError(f"A secret is shorter than {SHORTEST_SECRET} characters.")
        self._roots = {_derive(secret, b"id")[:_ID]: _derive(secret, b"root") for secret in whole}
        self._newest = next(iter(self._roots))
        self.broken: Counter[str] = Counter()

    def derived(self, purpose: str) -> tuple[bytes, ...]:
        """Return a 32-byte key for this purpose from each secret, the newest first."""
        return tuple(_derive(root, b"purpose " + purpose.encode()) for root in self._roots.values())

    def seal(self, value: JSON, place: Place) -> bytes:
        """Return the value as bytes that open nowhere but at this place."""
        text = json.dumps(value, allow_nan=False, separators=(",", ":")).encode("ascii")
        if len(text) > LIMIT:
            raise TooLarge(LIMIT)
        head, nonce = _FORMAT + self._newest, os.urandom(_NONCE)
        cipher = _cipher(self._roots[self._newest], place)
        return head + nonce + cipher.encrypt(nonce, text, head + _bound(place))

    def open(self, data: bytes, place: Place) -> Opened:
        """Return what was sealed for this place; anything else is counted and ``SealBroken``."""
        head, rest = data[:_HEAD], data[_HEAD:]
        root = self._roots.get(head[len(_FORMAT) :])
        if root is None or not head.startswith(_FORMAT) or len(rest) > LIMIT + 64:
            raise self._broken(place)
        try:
            text = _cipher(root, place).decrypt(rest[:_NONCE], rest[_NONCE:], head + _bound(place))
            return Opened(json.loads(text), not head.endswith(self._newest))
        except (InvalidTag, ValueError) as error:
            raise self._broken(place) from error

    def _broken(self, place: Place) -> SealBroken:
        self.broken[place.kind] += 1
        return SealBroken(place.kind)


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"satchel " + purpose).derive(secret)


def _cipher(root: bytes, place: Place) -> AESGCM:
    where = json.dumps([place.kind, place.key]).encode()
    return AESGCM(_derive(root + place.token.encode(), b"seal " + where))


def _bound(place: Place) -> bytes:
    return json.dumps([place.kind, place.key, place.owner]).encode()
