"""Asks once more when the store was not there for a moment."""

from collections.abc import Awaitable, Callable, Sequence

from satchel_hookspecs import Attachment, AttachmentWrapper, Unavailable, hookimpl


class SecondTry(AttachmentWrapper):
    @hookimpl(around=True)
    async def attachment_list(
        self, owner: str, group: str, *, call_next: Callable[..., Awaitable[Sequence[Attachment]]]
    ) -> Sequence[Attachment]:
        try:
            return await call_next()
        except Unavailable:
            return await call_next()
