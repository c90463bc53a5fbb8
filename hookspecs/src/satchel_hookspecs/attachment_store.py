"""The attachment store: the whole lifecycle, written once on seven primitives.

A store keeps two kinds of things. *Pieces* are immutable runs of frames under a fresh name, written
before anything refers to them. One *group document* a compose refers to them and is changed by
compare-and-swap only. What no document refers to is swept after a grace.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import ClassVar
from weakref import WeakValueDictionary

from satchel_hookspecs import group as documents
from satchel_hookspecs.attachments import (
    Attachment,
    GcReport,
    Place,
    Progress,
    Purpose,
    Ref,
    UploadRequest,
    Usage,
)
from satchel_hookspecs.blocks import Block, from_frame
from satchel_hookspecs.errors import ChecksumMismatch, Conflict, Unavailable
from satchel_hookspecs.group import Entry, Group, Piece
from satchel_hookspecs.incoming import Incoming
from satchel_hookspecs.markers import hookimpl
from satchel_hookspecs.plugin import PluginContext
from satchel_hookspecs.reader import AttachmentReader
from satchel_hookspecs.settled import settled

Token = object
Change = Callable[[Group], Group]
ATTEMPTS = 50


class AttachmentStore:
    """Extend it and write the seven primitives, which say what they must do.

    ``grace`` is how many seconds a piece may wait for its document.
    """

    capabilities: ClassVar[frozenset[str]] = frozenset()
    grace: ClassVar[float] = 3600.0

    def __init__(self, config: object, ctx: PluginContext) -> None:
        self.config = config
        self.ctx = ctx
        self._locks: WeakValueDictionary[Place, asyncio.Lock] = WeakValueDictionary()

    # The primitives

    async def _write(
        self, place: Place, piece: str, frames: AsyncIterator[tuple[int, bytes]]
    ) -> None:
        """Keep the frames of a new piece, durably, under their indexes; on failure keep none."""
        raise NotImplementedError

    def _read(self, place: Place, piece: str, first: int, stop: int) -> AsyncGenerator[bytes, None]:
        """Yield the frames with indexes ``first`` to ``stop`` (not included), in order.

        End early, or raise ``ChecksumMismatch``, where one is missing.
        """
        raise NotImplementedError

    async def _drop(self, place: Place, piece: str) -> None:
        """Delete a piece, whether it is there or not."""
        raise NotImplementedError

    async def _load(self, place: Place) -> tuple[bytes | None, Token]:
        """Return the group document and a token that names this state of it."""
        raise NotImplementedError

    async def _store(self, place: Place, document: bytes | None, token: Token) -> bool:
        """Replace the state named by ``token``, or delete it (``None``); false if it is another."""
        raise NotImplementedError

    def _places(self, owner: str | None) -> AsyncGenerator[Place, None]:
        """Yield every place of the owner, or of all, that has a document or a piece."""
        raise NotImplementedError

    async def _pieces(self, place: Place) -> Sequence[tuple[str, float]]:
        """List the pieces at this place, each with its age in seconds."""
        raise NotImplementedError

    async def _now(self) -> float:
        """The time in seconds since 1970; a store with a clock of its own gives that."""
        return self.ctx.clock()

    # The hooks

    @hookimpl
    async def attachment_upload(
        self, request: UploadRequest, start: int, blocks: AsyncIterator[Block]
    ) -> Progress:
        ref, writer = request.ref, secrets.token_hex(8)
        group = await self._change(ref.place, lambda g: documents.claim(g, request, start, writer))
        incoming = Incoming(start, blocks)
        while await incoming.more():
            group = await self._take_piece(ref, writer, incoming)
        if incoming.broken is not None:
            raise incoming.broken
        return _found(group, ref.id).progress

    @hookimpl
    async def attachment_seal(self, ref: Ref, size: int, sha256: str) -> Attachment:
        group = await self._change(ref.place, lambda g: documents.seal(g, ref.id, size, sha256))
        return await self._described(ref, group)

    @hookimpl
    async def attachment_stat(self, ref: Ref) -> Attachment | None:
        group = await self._open_group(ref.place)
        known = group is not None and group.entry(ref.id) is not None
        return await self._described(ref, group) if group is not None and known else None

    @hookimpl
    async def attachment_list(self, owner: str, group: str) -> Sequence[Attachment]:
        place = Place(owner, group)
        found = await self._open_group(place)
        if found is None:
            return ()
        ttl = found.expires - await self._now()
        listed = (entry.as_attachment(place, ttl) for entry in found.entries)
        return tuple(sorted(listed, key=lambda one: (one.position, one.serial)))

    @hookimpl
    async def attachment_get(
        self, ref: Ref, first: int, last: int | None, purpose: Purpose
    ) -> AttachmentReader | None:
        group = await self._open_group(ref.place)
        entry = group.entry(ref.id) if group else None
        if group is None or entry is None:
            return None
        if not entry.sealed and purpose is not Purpose.SEAL:
            return None
        attachment = await self._described(ref, group)
        stop = attachment.blocks if last is None else min(last + 1, attachment.blocks)
        return AttachmentReader(attachment, first, stop, self._blocks(ref, entry, first, stop))

    @hookimpl
    async def attachment_rename(self, ref: Ref, filename: str) -> Attachment | None:
        def rename(group: Group) -> Group:
            entry = group.entry(ref.id)
            if entry is None or entry.filename == filename:
                return group
            return group.put(replace(entry, filename=filename, revision=entry.revision + 1))

        try:
            group = await self._change(ref.place, rename)
        except Conflict:
            return None
        return await self._described(ref, group) if group.entry(ref.id) else None

    @hookimpl
    async def attachment_delete(self, ref: Ref) -> bool:
        found: Entry | None = None

        def delete(group: Group) -> Group:
            nonlocal found
            found = group.entry(ref.id)
            return group.without(ref.id)

        try:
            await self._change(ref.place, delete)
        except Conflict:
            return False
        return found is not None

    @hookimpl
    async def attachments_touch(self, owner: str, group: str, ttl: int) -> bool:
        place = Place(owner, group)
        while True:
            found, token = await self._load_group(place)
            expires = await self._now() + ttl
            if found is not None and found.closed:
                raise Conflict(None, "This compose was closed.")
            new = replace(found, expires=max(found.expires, expires)) if found else Group(expires)
            if new == found or await settled(self._store(place, new.to_bytes(), token)):
                return found is not None

    @hookimpl
    async def attachments_cleanup(self, owner: str, group: str | None) -> int:
        if group is not None:
            return await self._close(Place(owner, group))
        return sum([await self._close(place) async for place in self._places(owner)])

    @hookimpl
    async def attachment_usage(self, owner: str) -> Usage:
        size = count = 0
        async for place in self._places(owner):
            group = await self._open_group(place)
            for entry in group.entries if group else ():
                size, count = size + entry.progress.size, count + 1
        return Usage(size, count)

    @hookimpl
    async def attachment_gc(self, limit: int) -> GcReport:
        removed, refs = 0, list[Ref]()
        async with aclosing(self._places(None)) as places:
            async for place in places:
                if removed >= limit:
                    return GcReport(removed, True, tuple(refs))
                expired = await self._end_expired(place)
                refs += [Ref(place.owner, place.group, entry.id) for entry in expired]
                removed += len(expired) + await self._drop_strays(place)
        return GcReport(removed, False, tuple(refs))

    # What they stand on

    async def _take_piece(self, ref: Ref, writer: str, incoming: Incoming) -> Group:
        name, began, first = secrets.token_hex(16), time.monotonic(), incoming.next
        taken: list[Block] = []
        async with aclosing(incoming.piece(name, taken)) as frames:
            await self._write(ref.place, name, frames)
        if time.monotonic() - began > self.grace / 2:
            raise Unavailable("Writing took so long that the bytes may have been swept.")
        piece = Piece(name, first, first + len(taken), sum(block.size for block in taken))
        try:
            return await self._change(
                ref.place, lambda g: documents.checkpoint(g, ref.id, writer, piece)
            )
        except Conflict:
            await self._drop(ref.place, name)
            raise

    async def _blocks(
        self, ref: Ref, entry: Entry, first: int, stop: int
    ) -> AsyncGenerator[Block, None]:
        expected = first
        for piece in entry.pieces:
            low, high = max(first, piece.first), min(stop, piece.stop)
            if low >= high:
                continue
            async with aclosing(self._read(ref.place, piece.name, low, high)) as frames:
                async for frame in frames:
                    yield from_frame(piece.name, expected, frame)
                    expected += 1
            if expected != high:
                raise ChecksumMismatch(f"Block {expected} of an attachment is missing.")

    async def _change(self, place: Place, change: Change) -> Group:
        """Swap the document of an open group, and drop the pieces that are in it no longer.

        ``change`` may run again on a newer one.
        """
        async with self._locks.setdefault(place, asyncio.Lock()):
            old, new = await self._change_document(place, change)
        for name in old.pieces - new.pieces:
            await self._drop(place, name)
        return new

    async def _change_document(self, place: Place, change: Change) -> tuple[Group, Group]:
        for _ in range(ATTEMPTS):
            old, token = await self._load_group(place)
            if old is None or old.closed:
                raise Conflict(None, "This compose is not open any more.")
            new = change(old)
            if new == old or await settled(self._store(place, new.to_bytes(), token)):
                return old, new
        raise Unavailable("Too many changes to one compose at a time.")

    async def _load_group(self, place: Place) -> tuple[Group | None, Token]:
        """The document, ``None`` when there is none or its time is over."""
        document, token = await self._load(place)
        group = Group.from_bytes(document) if document is not None else None
        if group is not None and group.expires <= await self._now():
            group = None
        return group, token

    async def _open_group(self, place: Place) -> Group | None:
        group, _ = await self._load_group(place)
        return None if group is None or group.closed else group

    async def _described(self, ref: Ref, group: Group) -> Attachment:
        ttl = group.expires - await self._now()
        return _found(group, ref.id).as_attachment(ref.place, ttl)

    async def _close(self, place: Place) -> int:
        count = 0

        def close(group: Group) -> Group:
            nonlocal count
            count = len(group.entries)
            return replace(group, closed=True, entries=())

        try:
            await self._change(place, close)
        except Conflict:
            return 0
        return count

    async def _end_expired(self, place: Place) -> Sequence[Entry]:
        document, token = await self._load(place)
        group = Group.from_bytes(document) if document is not None else None
        if group is None or group.expires > await self._now():
            return ()
        if not await settled(self._store(place, None, token)):
            return ()
        for name in group.pieces:
            await self._drop(place, name)
        return group.entries

    async def _drop_strays(self, place: Place) -> int:
        old = [name for name, age in await self._pieces(place) if age > self.grace]
        if not old:
            return 0
        document, _ = await self._load(place)
        kept = Group.from_bytes(document).pieces if document is not None else frozenset[str]()
        strays = [name for name in old if name not in kept]
        for name in strays:
            await self._drop(place, name)
        return len(strays)


def _found(group: Group, id: str) -> Entry:
    entry = group.entry(id)
    if entry is None:
        raise Conflict(None, "The attachment was deleted meanwhile.")
    return entry
