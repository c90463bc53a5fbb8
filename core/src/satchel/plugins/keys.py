"""The keys of a plugin, derived from the secrets of the installation."""

from collections.abc import Iterable

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

LENGTH = 32


def plugin_keys(secrets: Iterable[str], label: str) -> tuple[bytes, ...]:
    """One key for each secret, newest first, that no other plugin can know."""
    info = b"satchel plugin key\0" + label.encode()
    return tuple(HKDF(SHA256(), LENGTH, None, info).derive(one.encode()) for one in secrets)
