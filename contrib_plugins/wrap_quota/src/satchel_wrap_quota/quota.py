"""The quota: looked at before an upload, while it streams, and around its seal."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import ClassVar

from satchel_hookspecs import (
    BLOCK,
    Attachment,
    AttachmentWrapper,
    Block,
    PluginContext,
    Progress,
    QuotaExceeded,
    Ref,
    Stage,
    UploadRequest,
    Usage,
    hookimpl,
    settled,
)
from satchel_wrap_quota.limits import Limits
from satchel_wrap_quota.size import to_bytes

Judge = Callable[[Attachment], bool]


class Quota(AttachmentWrapper):
    """Lets no owner keep more than the limits, over all composes, unsealed bytes included."""

    stage: ClassVar[Stage | None] = "limit"

    @dataclass(frozen=True)
    class Config:
        """``size`` in bytes, or a text such as "500M"; ``count`` of attachments, if limited."""

        size: int | str
        count: int | None = None

        def __post_init__(self) -> None:
            try:
                to_bytes(self.size)
            except ValueError as error:
                raise ValueError(f'The "size" of the quota cannot be read: {error}') from error
            if self.count is not None and self.count < 1:
                raise ValueError(f'The "count" of the quota must be above zero, not {self.count}')

    def __init__(self, config: Config, ctx: PluginContext) -> None:
        super().__init__(config, ctx)
        self._limits = Limits(to_bytes(config.size), config.count)

    @hookimpl(around=True)
    async def attachment_upload(
        self,
        request: UploadRequest,
        start: int,
        blocks: AsyncIterator[Block],
        *,
        call_next: Callable[..., Awaitable[Progress]],
    ) -> Progress:
        known: Attachment | None = await self.ctx.hooks.attachment_stat(ref=request.ref)
        if known is not None and known.sealed:
            return await call_next()
        others = await self._others(request.ref, known)
        self._check(others, request.size or 0)
        async with aclosing(self._counted(others, start, blocks)) as counted:
            try:
                return await call_next(blocks=counted)
            except QuotaExceeded:
                await self._give_way(request.ref)
                raise

    @hookimpl(around=True)
    async def attachment_seal(
        self, ref: Ref, *, call_next: Callable[..., Awaitable[Attachment]]
    ) -> Attachment:
        known: Attachment | None = await self.ctx.hooks.attachment_stat(ref=ref)
        if known is None or known.sealed:
            return await call_next()
        await self._check_kept(known, lambda other: not other.sealed)
        attachment = await call_next()
        await self._check_kept(attachment, lambda other: True)
        return attachment

    async def _others(self, ref: Ref, known: Attachment | None) -> Usage:
        usage = await self._usage(ref.owner)
        if known is None:
            return usage
        return Usage(max(0, usage.size - known.size), usage.count - 1)

    async def _counted(
        self, others: Usage, start: int, blocks: AsyncIterator[Block]
    ) -> AsyncGenerator[Block, None]:
        kept = start * BLOCK
        async for block in blocks:
            kept += block.size
            self._check(others, kept)
            yield block

    def _check(self, others: Usage, size: int) -> None:
        usage = Usage(others.size + size, others.count + 1)
        if not self._limits.allow(usage):
            raise self._limits.refusal(usage)

    async def _check_kept(self, mine: Attachment, gives_way: Judge) -> None:
        """Delete ``mine`` and raise when too much is kept, leaving out who gives way to it.

        Those came later into the same compose; what they are is looked up before and after the
        usage, so that one which vanished in between is not taken off it.
        """
        before = await self._later(mine, gives_way)
        usage = await self._usage(mine.ref.owner)
        if self._limits.allow(usage):
            return
        after = await self._later(mine, gives_way)
        sizes = [min(size, after[ref]) for ref, size in before.items() if ref in after]
        usage = Usage(usage.size - sum(sizes), usage.count - len(sizes))
        if not self._limits.allow(usage):
            await self._give_way(mine.ref)
            raise self._limits.refusal(usage)

    async def _later(self, mine: Attachment, gives_way: Judge) -> dict[Ref, int]:
        listed = await self.ctx.hooks.attachment_list(owner=mine.ref.owner, group=mine.ref.group)
        return {one.ref: one.size for one in listed if one.serial > mine.serial and gives_way(one)}

    async def _give_way(self, ref: Ref) -> None:
        await settled(self.ctx.hooks.attachment_delete(ref=ref))

    async def _usage(self, owner: str) -> Usage:
        usage: Usage = await self.ctx.hooks.attachment_usage(owner=owner)
        return usage
