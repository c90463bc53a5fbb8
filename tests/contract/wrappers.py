"""Wrappers that the contract has to carry: one that only looks, one that enciphers."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from satchel_hookspecs import (
    BLOCK,
    Attachment,
    AttachmentWrapper,
    Block,
    ChecksumMismatch,
    Ref,
    UploadRequest,
)


class PassThrough(AttachmentWrapper):
    """Changes nothing."""


class Encipher(AttachmentWrapper):
    """AES-GCM a block: bound to the ref, to its index, and to being the last."""

    async def incoming(
        self, request: UploadRequest, start: int, blocks: AsyncIterator[Block]
    ) -> AsyncGenerator[Block, None]:
        cipher = self._cipher(request.ref)
        async for block in blocks:
            nonce = block.digest[:12]
            bound = _bound(block.index, request.size)
            yield block.carrying(nonce + cipher.encrypt(nonce, block.data, bound))

    async def outgoing(
        self, attachment: Attachment, blocks: AsyncIterator[Block]
    ) -> AsyncGenerator[Block, None]:
        cipher = self._cipher(attachment.ref)
        async for block in blocks:
            bound = _bound(block.index, attachment.total)
            try:
                data = cipher.decrypt(block.data[:12], block.data[12:], bound)
            except InvalidTag as error:
                raise ChecksumMismatch("The block cannot be deciphered.") from error
            yield replace(block, data=data)

    def _cipher(self, ref: Ref) -> AESGCM:
        info = f"{ref.owner}/{ref.group}/{ref.id}".encode()
        return AESGCM(HKDF(SHA256(), 32, None, info).derive(self.ctx.keys[0]))


def _bound(index: int, size: int | None) -> bytes:
    last = size is not None and (index + 1) * BLOCK >= size
    return b"%d %d" % (index, last)
