"""One owner's attachments: ids, limits, and everything a page may ask for."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncGenerator, AsyncIterable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace

from satchel.attachments.acknowledged import Acknowledged
from satchel.attachments.blocks import Cutter
from satchel.attachments.names import believed_type, display_name
from satchel.attachments.reader import OpenAttachment, opened
from satchel_hookspecs import (
    BLOCK,
    Attachment,
    AttachmentSpecs,
    ChecksumMismatch,
    Conflict,
    Purpose,
    Ref,
    Source,
    TooLarge,
    UploadRequest,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """``message`` is the most bytes a message may have when it is encoded; ``ttl`` is in seconds:
    how long a compose stays open after it was last touched."""

    message: int
    ttl: int = 48 * 3600

    @property
    def file(self) -> int:
        """The most bytes a single file may have, so that it fits into a message."""
        return max(0, (self.message - OVERHEAD) * 57 // 78)


OVERHEAD = 10 * 1024


def encoded_size(size: int) -> int:
    """How many bytes ``size`` bytes take in a message: base64 in lines of 76 (RFC 2045)."""
    return -(-size // 57) * 78


class AttachmentService:
    """The attachments of all owners; the only way to some of them is to name whose."""

    def __init__(self, hooks: AttachmentSpecs, limits: Limits, acknowledged: Acknowledged) -> None:
        self.hooks = hooks
        self.limits = limits
        self._acknowledged = acknowledged

    def of(self, owner: str) -> "Attachments":
        """The attachments of one owner."""
        return Attachments(self.hooks, self.limits, self._acknowledged, owner)


class Attachments:
    """The attachments of ``owner``, by group (a compose) and id.

    Errors are those of the contract: ``TooLarge``, ``Conflict``, ``Unavailable``, ``StorageFull``
    and ``ChecksumMismatch``.
    """

    def __init__(
        self, hooks: AttachmentSpecs, limits: Limits, acknowledged: Acknowledged, owner: str
    ) -> None:
        self._hooks = hooks
        self.limits = limits
        self._acknowledged = acknowledged
        self.owner = owner

    @staticmethod
    def new_group() -> str:
        """A name for a new compose."""
        return secrets.token_hex(16)

    def ref(self, group: str, id: str) -> Ref:
        """The attachment with this id."""
        return Ref(self.owner, group, id)

    def ref_for(self, group: str, token: str) -> Ref:
        """The attachment of the upload to which a page gave ``token``: always the same."""
        named = f"{self.owner}\0{group}\0{token}".encode()
        return self.ref(group, hashlib.sha256(named).hexdigest()[:32])

    async def open(self, group: str) -> bool:
        """Open a compose, or keep it open; true when it was open already."""
        touching = self._hooks.attachments_touch(owner=self.owner, group=group, ttl=self.limits.ttl)
        was_open, _ = await asyncio.gather(touching, self._acknowledged.touch(self.owner, group))
        return was_open

    async def add(
        self,
        group: str,
        token: str,
        filename: str,
        content_type: str,
        chunks: AsyncIterable[bytes],
        *,
        size: int | None = None,
        source: Source = Source.UPLOAD,
        position: int = 0,
    ) -> Attachment:
        """Keep a file and return it when all of it is safe.

        ``size`` in bytes is checked before the first one is read. The same token with the same
        bytes again is the same attachment, however often a balancer repeats the request.
        """
        ref = self.ref_for(group, token)
        request = UploadRequest(
            ref, display_name(filename), believed_type(content_type), size, source, position
        )
        limit = await self._room(group, ref, size)
        cutter = Cutter(chunks, 0, limit)
        try:
            await self._upload(request, 0, cutter)
        except Conflict as conflict:
            return await self._repeated(ref, cutter, conflict)
        except TooLarge:
            await self._hooks.attachment_delete(ref=ref)
            raise
        return await self._seal(ref, cutter.size, cutter.sha256)

    async def progress(self, group: str, token: str) -> Attachment | None:
        """The upload with this token, as far as it has come."""
        return await self._hooks.attachment_stat(ref=self.ref_for(group, token))

    @staticmethod
    def offset(attachment: Attachment) -> int:
        """The byte from which the client has to go on: blocks begin anew, never in their middle."""
        if attachment.sealed or attachment.size == attachment.total:
            return attachment.size
        return attachment.progress.next_block * BLOCK

    async def resume(
        self, group: str, token: str, offset: int, chunks: AsyncIterable[bytes]
    ) -> Attachment:
        """Go on with a cut upload at ``offset``; sealed when that brings it to its end.

        All of it is read back before it is sealed, which proves what is kept.
        """
        known = await self.progress(group, token)
        if known is None:
            raise Conflict(None, "There is no such upload to go on with.")
        if known.sealed:
            return await self._acknowledge(known)
        if offset != self.offset(known):
            raise Conflict(known, f"The upload goes on at byte {self.offset(known)}.")
        if known.size != known.total:
            await self._go_on(known, offset, chunks)
        stat = await self._hooks.attachment_stat(ref=known.ref)
        if stat is None or stat.sealed or stat.size != stat.total:
            return await self._acknowledge(stat) if stat and stat.sealed else stat or known
        return await self._seal(stat.ref, stat.size, await self._read_back(stat))

    async def list(self, group: str) -> Sequence[Attachment]:
        """The compose's attachments in the order of the page, unfinished ones included."""
        return await self._hooks.attachment_list(owner=self.owner, group=group)

    async def acknowledged(self, group: str) -> dict[str, str]:
        """The names of the compose's whole files, by id, as its user was told of them.

        Ask before ``list``: what is not in that is lost, or out of this node's reach for now.
        """
        return await self._acknowledged.of(self.owner, group)

    @asynccontextmanager
    async def open_file(
        self,
        group: str,
        id: str,
        start: int = 0,
        stop: int | None = None,
        purpose: Purpose = Purpose.DOWNLOAD,
    ) -> AsyncGenerator[OpenAttachment | None, None]:
        """Open bytes ``start`` to ``stop`` of a file; ``None`` when there is none."""
        async with opened(self._hooks, self.ref(group, id), start, stop, purpose) as found:
            yield found

    async def rename(self, group: str, id: str, filename: str) -> Attachment | None:
        """Give it another name; ``None`` when there is none."""
        renamed = await self._hooks.attachment_rename(
            ref=self.ref(group, id), filename=display_name(filename)
        )
        if renamed is not None and renamed.sealed:
            await self._acknowledged.add(renamed.ref, renamed.filename)
        return renamed

    async def delete(self, group: str, id: str) -> bool:
        """Delete it; false when there was none."""
        ref = self.ref(group, id)
        deleted = await self._hooks.attachment_delete(ref=ref)
        if deleted:
            await self._hooks.attachment_deleted(ref=ref, reason="deleted")
        return await self._acknowledged.forget(ref) or deleted

    async def close(self, group: str) -> int:
        """End a compose and delete what is in it; counts the attachments."""
        listed = await self.list(group)
        count = await self._hooks.attachments_cleanup(owner=self.owner, group=group)
        for attachment in listed:
            await self._hooks.attachment_deleted(ref=attachment.ref, reason="cleaned_up")
        await self._acknowledged.close(self.owner, group)
        return count

    async def _room(self, group: str, ref: Ref, size: int | None) -> int:
        """How many bytes the file may have, next to those that are there."""
        others = [one for one in await self.list(group) if one.ref != ref]
        taken = sum(encoded_size(one.total or one.size) for one in others)
        left = replace(self.limits, message=self.limits.message - taken).file
        if size is not None and size > left:
            raise TooLarge(left)
        return left

    async def _upload(self, request: UploadRequest, start: int, cutter: Cutter) -> None:
        async with aclosing(cutter.blocks()) as blocks:
            await self._hooks.attachment_upload(request=request, start=start, blocks=blocks)

    async def _repeated(self, ref: Ref, cutter: Cutter, conflict: Conflict) -> Attachment:
        """The answer to a request that comes again after all of it was kept."""
        known = await self._hooks.attachment_stat(ref=ref)
        if known is None or not known.sealed:
            raise conflict
        async for _ in cutter.blocks():
            pass
        if (cutter.size, cutter.sha256) != (known.size, known.sha256):
            raise conflict
        return await self._acknowledge(known)

    async def _go_on(self, known: Attachment, offset: int, chunks: AsyncIterable[bytes]) -> None:
        request = UploadRequest(
            known.ref, known.filename, known.content_type, known.total, known.source, known.position
        )
        limit = self.limits.file if known.total is None else known.total
        await self._upload(request, offset // BLOCK, Cutter(chunks, offset // BLOCK, limit))

    async def _read_back(self, attachment: Attachment) -> str:
        whole = hashlib.sha256()
        async with opened(self._hooks, attachment.ref, 0, None, Purpose.SEAL) as found:
            if found is None:
                raise ChecksumMismatch(f"'{attachment.filename}' is gone.")
            async for chunk in found:
                await asyncio.to_thread(whole.update, chunk)
        return whole.hexdigest()

    async def _seal(self, ref: Ref, size: int, sha256: str) -> Attachment:
        attachment = await self._hooks.attachment_seal(ref=ref, size=size, sha256=sha256)
        await self._hooks.attachment_stored(attachment=attachment)
        return await self._acknowledge(attachment)

    async def _acknowledge(self, attachment: Attachment) -> Attachment:
        await self._acknowledged.add(attachment.ref, attachment.filename)
        return attachment
