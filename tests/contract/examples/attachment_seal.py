"""Reads every file to its end before it may be sent, and refuses some."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from satchel_hookspecs import (
    Attachment,
    AttachmentWrapper,
    Purpose,
    Ref,
    Rejected,
    Stage,
    hookimpl,
)

MARK = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


class Scanner(AttachmentWrapper):
    stage: ClassVar[Stage | None] = "scan"

    @hookimpl(around=True)
    async def attachment_seal(
        self, ref: Ref, size: int, sha256: str, *, call_next: Callable[..., Awaitable[Attachment]]
    ) -> Attachment:
        reader = await self.ctx.hooks.attachment_get(
            ref=ref, first=0, last=None, purpose=Purpose.SEAL
        )
        if reader is not None:
            async with reader:
                if any([MARK in block.data async for block in reader]):
                    raise Rejected("This file holds a virus.")
        return await call_next()
