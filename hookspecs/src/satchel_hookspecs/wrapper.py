"""The wrapper: stands around an attachment store and sees every byte on its way in and out."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import ClassVar

from satchel_hookspecs.attachments import Attachment, Progress, Purpose, Ref, UploadRequest
from satchel_hookspecs.blocks import Block
from satchel_hookspecs.markers import hookimpl
from satchel_hookspecs.plugin import PluginContext, Stage
from satchel_hookspecs.reader import AttachmentReader


class AttachmentWrapper:
    """Two funnels, so that no way in or out is forgotten: ``incoming`` and ``outgoing``.

    Each yields exactly one block for each that it takes, in order.
    """

    capabilities: ClassVar[frozenset[str]] = frozenset()
    stage: ClassVar[Stage | None] = None

    def __init__(self, config: object, ctx: PluginContext) -> None:
        self.config = config
        self.ctx = ctx

    async def incoming(
        self, request: UploadRequest, start: int, blocks: AsyncIterator[Block]
    ) -> AsyncGenerator[Block, None]:
        """Yield what the store shall keep of the client's blocks."""
        async for block in blocks:
            yield block

    async def outgoing(
        self, attachment: Attachment, blocks: AsyncIterator[Block]
    ) -> AsyncGenerator[Block, None]:
        """Yield what the client gave, from what the store has kept."""
        async for block in blocks:
            yield block

    @hookimpl(around=True)
    async def attachment_upload(
        self,
        request: UploadRequest,
        start: int,
        blocks: AsyncIterator[Block],
        *,
        call_next: Callable[..., Awaitable[Progress]],
    ) -> Progress:
        async with aclosing(self.incoming(request, start, blocks)) as changed:
            return await call_next(blocks=changed)

    @hookimpl(around=True)
    async def attachment_get(
        self,
        ref: Ref,
        first: int,
        last: int | None,
        purpose: Purpose,
        *,
        call_next: Callable[..., Awaitable[AttachmentReader | None]],
    ) -> AttachmentReader | None:
        reader = await call_next()
        return None if reader is None else reader.through(self.outgoing)
