"""The enciphering wrapper: what stores keep opens with the secrets of the installation alone."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import ClassVar

from satchel_hookspecs import (
    Attachment,
    AttachmentWrapper,
    Block,
    PluginContext,
    Stage,
    UploadRequest,
)
from satchel_wrap_encrypt.block_cipher import BlockCipher
from satchel_wrap_encrypt.ending import is_end, marked
from satchel_wrap_encrypt.key_ring import KeyRing


class Encrypt(AttachmentWrapper):
    """Enciphers each block on its way in, bound to its attachment, its index and the file's end.

    Nothing of the name is bound, so that a renamed attachment stays readable.
    """

    stage: ClassVar[Stage | None] = "encipher"

    def __init__(self, config: object, ctx: PluginContext) -> None:
        super().__init__(config, ctx)
        self._ring = KeyRing(ctx.keys)

    async def incoming(
        self, request: UploadRequest, start: int, blocks: AsyncIterator[Block]
    ) -> AsyncGenerator[Block, None]:
        cipher = BlockCipher(self._ring, request.ref)
        async with aclosing(marked(blocks, request.size)) as all_marked:
            async for block, is_last in all_marked:
                yield block.carrying(cipher.encipher(block.index, is_last, block.data))

    async def outgoing(
        self, attachment: Attachment, blocks: AsyncIterator[Block]
    ) -> AsyncGenerator[Block, None]:
        cipher = BlockCipher(self._ring, attachment.ref)
        size = _announced_size(attachment)
        async for block in blocks:
            data = cipher.decipher(block.index, is_end(block.index, size), block.data)
            yield Block(block.index, data, block.size, block.digest, block.digest)


def _announced_size(attachment: Attachment) -> int:
    """The size at which the file ends; what is sealed ends where its bytes do."""
    if attachment.sealed or attachment.total is None:
        return attachment.size
    return attachment.total
