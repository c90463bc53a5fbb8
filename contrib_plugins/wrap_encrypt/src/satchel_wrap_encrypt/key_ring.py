"""The key ring: every key of the installation, the newest of which enciphers."""

from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from satchel_hookspecs import Ref

ID_LENGTH = 8
KEY_LENGTH = 32


class KeyRing:
    """Derives from each key one for every attachment, so that none is used for much.

    ``newest`` is the id of the key to encipher with.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise ValueError('there is no key to encipher with; set "secret"')
        self._keys = {_id(key): key for key in keys}
        self.newest = _id(keys[0])

    def cipher(self, id: bytes, ref: Ref) -> AESGCM | None:
        """The cipher of this key for this attachment, ``None`` when the key is unknown."""
        key = self._keys.get(id)
        if key is None:
            return None
        bound = b"\0".join(part.encode() for part in (ref.owner, ref.group, ref.id))
        return AESGCM(_derived(key, b"satchel attachment\0" + bound, KEY_LENGTH))


def _id(key: bytes) -> bytes:
    return _derived(key, b"satchel key id", ID_LENGTH)


def _derived(key: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, None, info).derive(key)
