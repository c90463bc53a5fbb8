"""The cipher of one attachment's blocks: AES-256-GCM, each block bound to its place."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from satchel_hookspecs import ChecksumMismatch, Ref
from satchel_wrap_encrypt.key_ring import ID_LENGTH, KeyRing

FORMAT = b"\x01"
NONCE_LENGTH = 12
TAG_LENGTH = 16
HEAD_LENGTH = len(FORMAT) + ID_LENGTH
CLEAR_LENGTH = HEAD_LENGTH + NONCE_LENGTH
OVERHEAD = CLEAR_LENGTH + TAG_LENGTH


class BlockCipher:
    """Enciphers with the newest key of the ring and opens with whichever a block names.

    An enciphered block is format (1 byte), key id (8), nonce (12, random), ciphertext, tag (16).
    """

    def __init__(self, ring: KeyRing, ref: Ref) -> None:
        self._ring = ring
        self._ref = ref
        self._ciphers: dict[bytes, AESGCM] = {}

    def encipher(self, index: int, is_last: bool, data: bytes) -> bytes:
        """Encipher the block ``index``; the same bytes give others each time."""
        head, nonce = FORMAT + self._ring.newest, os.urandom(NONCE_LENGTH)
        cipher = self._cipher(index, self._ring.newest)
        return head + nonce + cipher.encrypt(nonce, data, _bound(head, index, is_last))

    def decipher(self, index: int, is_last: bool, kept: bytes) -> bytes:
        """Give back what was enciphered in this place, else raise ``ChecksumMismatch``."""
        if len(kept) < OVERHEAD or kept[:1] != FORMAT:
            raise ChecksumMismatch(f"Block {index} of an attachment is not enciphered.")
        head, nonce = kept[:HEAD_LENGTH], kept[HEAD_LENGTH:CLEAR_LENGTH]
        cipher = self._cipher(index, head[len(FORMAT) :])
        try:
            return cipher.decrypt(nonce, kept[CLEAR_LENGTH:], _bound(head, index, is_last))
        except InvalidTag as error:
            wrong = f"Block {index} of an attachment is damaged or stands in another place."
            raise ChecksumMismatch(wrong) from error

    def _cipher(self, index: int, id: bytes) -> AESGCM:
        found = self._ciphers.get(id) or self._ring.cipher(id, self._ref)
        if found is None:
            raise ChecksumMismatch(
                f"Block {index} of an attachment is damaged, or was enciphered with a secret that"
                ' is not in "secret" any more.'
            )
        self._ciphers[id] = found
        return found


def _bound(head: bytes, index: int, is_last: bool) -> bytes:
    return head + index.to_bytes(8, "big") + bytes([is_last])
