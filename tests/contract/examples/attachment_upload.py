"""Refuses programs by their names, before a byte of them is kept."""

from collections.abc import AsyncIterator, Awaitable, Callable

from satchel_hookspecs import AttachmentWrapper, Block, Progress, Rejected, UploadRequest, hookimpl


class NoPrograms(AttachmentWrapper):
    @hookimpl(around=True)
    async def attachment_upload(
        self,
        request: UploadRequest,
        start: int,
        blocks: AsyncIterator[Block],
        *,
        call_next: Callable[..., Awaitable[Progress]],
    ) -> Progress:
        if request.filename.lower().endswith((".exe", ".scr")):
            raise Rejected(f"“{request.filename}” is a program, and those are not sent from here.")
        return await call_next()
