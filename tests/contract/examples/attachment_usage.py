"""Tells the operator who keeps a gigabyte in letters that are not sent yet."""

from collections.abc import Awaitable, Callable

from satchel_hookspecs import AttachmentWrapper, Usage, hookimpl


class HeavyOwners(AttachmentWrapper):
    @hookimpl(around=True)
    async def attachment_usage(
        self, owner: str, *, call_next: Callable[..., Awaitable[Usage]]
    ) -> Usage:
        usage = await call_next()
        if usage.size > 2**30:
            self.ctx.logger.warning("%s keeps %d bytes", owner, usage.size)
        return usage
