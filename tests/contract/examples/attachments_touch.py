"""Lets no compose keep its files for more than a day after it was last looked at."""

from collections.abc import Awaitable, Callable

from satchel_hookspecs import AttachmentWrapper, hookimpl

DAY = 24 * 3600


class OneDay(AttachmentWrapper):
    @hookimpl(around=True)
    async def attachments_touch(
        self, owner: str, group: str, ttl: int, *, call_next: Callable[..., Awaitable[bool]]
    ) -> bool:
        return await call_next(ttl=min(ttl, DAY))
