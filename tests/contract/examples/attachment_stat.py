"""Says in the log when the store is slow to answer."""

import time
from collections.abc import Awaitable, Callable

from satchel_hookspecs import Attachment, AttachmentWrapper, Ref, hookimpl


class SlowAnswers(AttachmentWrapper):
    @hookimpl(around=True)
    async def attachment_stat(
        self, ref: Ref, *, call_next: Callable[..., Awaitable[Attachment | None]], store: str
    ) -> Attachment | None:
        began = time.monotonic()
        try:
            return await call_next()
        finally:
            if time.monotonic() - began > 0.5:
                self.ctx.logger.warning("%s took long over %s", store, ref.id)
