"""Attachment stores that treat one file wrongly, each in one way."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from typing import Any

from satchel_hookspecs import (
    Attachment,
    AttachmentReader,
    Block,
    ChecksumMismatch,
    MemoryAttachments,
    Place,
    Progress,
    Purpose,
    Ref,
    Unavailable,
    UploadRequest,
)
from satchel_hookspecs.blocks import from_frame
from satchel_hookspecs.group import Entry, Group, claim
from satchel_hookspecs.incoming import Incoming

# Any: what the memory store keeps is its own
Frames = AsyncIterator[tuple[int, bytes]]


class AcknowledgesBeforeItKept(MemoryAttachments):
    """Keeps the bytes of a call only when the next call comes."""

    late: dict[Any, Any] | None = None

    async def _write(self, place: Place, piece: str, frames: Frames) -> None:
        kept = self._kept
        self._kept = {}
        await super()._write(place, piece, frames)
        self.late = {**(self.late or {}), **self._kept}
        self._kept = kept

    async def attachment_seal(self, ref: Ref, size: int, sha256: str) -> Attachment:
        self._kept.update(self.late or {})
        return await super().attachment_seal(ref, size, sha256)

    async def attachment_stat(self, ref: Ref) -> Attachment | None:
        self._kept.update(self.late or {})
        return await super().attachment_stat(ref)

    async def attachment_get(
        self, ref: Ref, first: int, last: int | None, purpose: Purpose
    ) -> AttachmentReader | None:
        self._kept.update(self.late or {})
        return await super().attachment_get(ref, first, last, purpose)


class ForgetsABlock(MemoryAttachments):
    async def _write(self, place: Place, piece: str, frames: Frames) -> None:
        async def some() -> Frames:
            async for index, frame in frames:
                if index != 31:
                    yield index, frame

        await super()._write(place, piece, some())


class IgnoresStart(MemoryAttachments):
    async def attachment_upload(
        self, request: UploadRequest, start: int, blocks: AsyncIterator[Block]
    ) -> Progress:
        found = await self.attachment_stat(request.ref)
        if found is not None and start:
            start = found.progress.next_block
        return await super().attachment_upload(request, start, blocks)


class DoesNotFence(MemoryAttachments):
    async def attachment_upload(
        self, request: UploadRequest, start: int, blocks: AsyncIterator[Block]
    ) -> Progress:
        ref, writer = request.ref, "whoever"
        group = await self._change(ref.place, lambda g: claim(g, request, start, writer))
        incoming = Incoming(start, blocks)
        while await incoming.more():
            group = await self._take_piece(ref, writer, incoming)
        if incoming.broken is not None:
            raise incoming.broken
        return next(entry.progress for entry in group.entries if entry.id == ref.id)


class LosesWhatWasCut(MemoryAttachments):
    async def _take_piece(self, ref: Ref, writer: str, incoming: Incoming) -> Group:
        name, taken = "lost", list[Block]()
        held = [frame async for frame in incoming.piece(name, taken)]
        if incoming.broken is not None:
            raise incoming.broken

        async def again() -> AsyncIterator[Block]:
            for index, frame in held:
                yield from_frame(name, index, frame)

        repeated = Incoming(held[0][0], again())
        return await super()._take_piece(ref, writer, repeated)


class ServesUnsealed(MemoryAttachments):
    async def attachment_get(
        self, ref: Ref, first: int, last: int | None, purpose: Purpose
    ) -> AttachmentReader | None:
        return await super().attachment_get(ref, first, last, Purpose.SEAL)


class SealsAgainAsAnything(MemoryAttachments):
    async def attachment_seal(self, ref: Ref, size: int, sha256: str) -> Attachment:
        found = await self.attachment_stat(ref)
        if found is not None and found.sealed:
            return found
        return await super().attachment_seal(ref, size, sha256)


class SealsTooShort(MemoryAttachments):
    async def attachment_upload(
        self, request: UploadRequest, start: int, blocks: AsyncIterator[Block]
    ) -> Progress:
        return await super().attachment_upload(replace(request, size=None), start, blocks)

    async def attachment_seal(self, ref: Ref, size: int, sha256: str) -> Attachment:
        found = await self.attachment_stat(ref)
        kept = size if found is None or found.sealed else found.size
        return await super().attachment_seal(ref, kept, sha256)


class DeleteDoesNothing(MemoryAttachments):
    async def attachment_delete(self, ref: Ref) -> bool:
        return await self.attachment_stat(ref) is not None


class DeletesBytesFirst(MemoryAttachments):
    async def attachment_delete(self, ref: Ref) -> bool:
        group = await self._open_group(ref.place)
        entry = group.entry(ref.id) if group else None
        for piece in entry.pieces if entry is not None else ():
            await self._drop(ref.place, piece.name)
        return await super().attachment_delete(ref)


class RenameTouchesBytes(MemoryAttachments):
    async def attachment_rename(self, ref: Ref, filename: str) -> Attachment | None:
        renamed = await super().attachment_rename(ref, filename)
        if renamed is None:
            return None

        def empty(group: Group) -> Group:
            entry = group.entry(ref.id)
            return group.put(replace(entry, pieces=())) if entry else group

        await self._change(ref.place, empty)
        return renamed


class CutsNames(MemoryAttachments):
    async def attachment_upload(
        self, request: UploadRequest, start: int, blocks: AsyncIterator[Block]
    ) -> Progress:
        request = replace(request, filename=request.filename[:255])
        return await super().attachment_upload(request, start, blocks)


class ServesSwappedBlocks(MemoryAttachments):
    async def _blocks(
        self, ref: Ref, entry: Entry, first: int, stop: int
    ) -> AsyncGenerator[Block, None]:
        for piece in entry.pieces:
            low, high = max(first, piece.first), min(stop, piece.stop)
            async for frame in self._read(ref.place, piece.name, low, high):
                size, digest, check = int.from_bytes(frame[8:12], "big"), frame[12:44], frame[44:76]
                yield Block(low, frame[92:], size, digest, check)
                low += 1
            if low < high:
                raise ChecksumMismatch("A block is missing.")


class LeavesReadersOpen(MemoryAttachments):
    open = 0

    async def _read(
        self, place: Place, piece: str, first: int, stop: int
    ) -> AsyncGenerator[bytes, None]:
        self.open += 1
        if self.open > 10:
            raise Unavailable("Too many files are open.")
        async for frame in super()._read(place, piece, first, stop):
            yield frame
        self.open -= 1


class MisspellsAHook(MemoryAttachments):
    async def attachment_uplaod(self) -> None:
        """Never called by anyone."""
