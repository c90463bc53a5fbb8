"""Counts the files that were not sent but thrown away."""

from collections.abc import Awaitable, Callable

from satchel_hookspecs import AttachmentWrapper, hookimpl


class CleanUps(AttachmentWrapper):
    deleted = 0

    @hookimpl(around=True)
    async def attachments_cleanup(
        self, owner: str, group: str | None, *, call_next: Callable[..., Awaitable[int]]
    ) -> int:
        count = await call_next()
        self.deleted += count
        return count
