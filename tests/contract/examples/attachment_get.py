"""Writes down who took which file home."""

from collections.abc import Awaitable, Callable

from satchel_hookspecs import AttachmentReader, AttachmentWrapper, Purpose, Ref, hookimpl


class Downloads(AttachmentWrapper):
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
        if reader is not None and purpose is Purpose.DOWNLOAD:
            self.ctx.logger.info("%s took %s", ref.owner, reader.attachment.sha256)
        return reader
