"""Writes letters with accents in one way, whatever the keyboard sent."""

import unicodedata
from collections.abc import Awaitable, Callable

from satchel_hookspecs import Attachment, AttachmentWrapper, Ref, hookimpl


class ComposedNames(AttachmentWrapper):
    @hookimpl(around=True)
    async def attachment_rename(
        self, ref: Ref, filename: str, *, call_next: Callable[..., Awaitable[Attachment | None]]
    ) -> Attachment | None:
        return await call_next(filename=unicodedata.normalize("NFC", filename))
