"""Tokens: what a browser holds, and what is derived from it."""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def new_token() -> str:
    """Return 256 random bits as 43 letters."""
    return secrets.token_urlsafe(32)


def is_token(text: str) -> bool:
    """Whether the text has the shape of a token."""
    return _TOKEN.fullmatch(text) is not None


def key_of(token: str) -> str:
    """Return the key under which a store keeps the session of this token."""
    return hashlib.sha256(token.encode("ascii")).hexdigest()


def csrf_of(seed: str) -> str:
    """Return the token that forms carry; the seed cannot be found from it."""
    digest = hmac.digest(seed.encode("ascii"), b"satchel csrf", hashlib.sha256)
    return as_letters(digest)


def is_equal(one: str, other: str) -> bool:
    """Compare two texts in a time that tells nothing about them."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def as_letters(data: bytes) -> str:
    """Return bytes in letters that a cookie may hold."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_letters(text: str) -> bytes:
    """Return the bytes again, or raise ``ValueError``."""
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
