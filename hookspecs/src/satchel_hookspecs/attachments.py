"""The attachment lifecycle: what travels between host and store, and the hooks it takes."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from satchel_hookspecs.blocks import BLOCK, Block
from satchel_hookspecs.markers import hookspec
from satchel_hookspecs.reader import AttachmentReader


@dataclass(frozen=True, slots=True)
class Place:
    """One compose of one owner: both are names of letters, digits, ``-`` and ``_``."""

    owner: str
    group: str


@dataclass(frozen=True, slots=True)
class Ref:
    """One attachment; the id comes from the host, never from a browser."""

    owner: str
    group: str
    id: str

    @property
    def place(self) -> Place:
        """The compose that it belongs to."""
        return Place(self.owner, self.group)


class Source(StrEnum):
    """Where the bytes come from."""

    UPLOAD = "upload"
    DRAFT = "draft"
    FORWARD = "forward"


class Purpose(StrEnum):
    """What the bytes are read for; ``SEAL`` alone reads what is not sealed yet."""

    SEAL = "seal"
    SEND = "send"
    DOWNLOAD = "download"
    DISPLAY = "display"


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """What the host says of an upload.

    ``size`` is the whole file's in bytes; ``None`` when it is not known, and then this one call
    brings the file to its end. ``position`` is the place in the list that the user chose.
    """

    ref: Ref
    filename: str
    content_type: str
    size: int | None = None
    source: Source = Source.UPLOAD
    position: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the client's bytes are kept; the next call starts at block ``next_block``."""

    size: int
    sealed: bool

    @property
    def next_block(self) -> int:
        """The block to go on with: the next one, or an unfinished last one."""
        return self.size // BLOCK


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment without its bytes.

    ``size`` counts the client's bytes kept so far, ``total`` is what the client announced,
    ``sha256`` is hexadecimal and known once sealed, ``serial`` counts the uploads of the group in
    the order of commit, ``ttl`` is in seconds.
    """

    ref: Ref
    filename: str
    content_type: str
    source: Source
    position: int
    serial: int
    size: int
    total: int | None
    sealed: bool
    sha256: str | None
    ttl: float

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        return Progress(self.size, self.sealed)

    @property
    def blocks(self) -> int:
        """How many blocks its bytes fill, an unfinished last one included."""
        return -(-self.size // BLOCK)


@dataclass(frozen=True, slots=True)
class Usage:
    """What an owner keeps: the client's bytes, and how many attachments."""

    size: int
    count: int


@dataclass(frozen=True, slots=True)
class GcReport:
    """What one sweep deleted; ``more`` when it stopped at its limit, ``refs`` for the events."""

    removed: int
    more: bool
    refs: tuple[Ref, ...] = ()


class AttachmentSpecs:
    """The hooks of the attachment lifecycle."""

    @hookspec("store")
    async def attachment_upload(
        self, request: UploadRequest, start: int, blocks: AsyncIterator[Block]
    ) -> Progress:
        """Keep blocks from index ``start`` on, as they come, and say how far that is.

        ``start`` is 0 to begin (an unsealed upload begins anew), else the next block or an
        unfinished last one, which is replaced; any other is ``Conflict(progress)``, and so is
        everything when the attachment is sealed. A group that is not open is ``Conflict(None)``,
        and so is an id that was deleted, for as long as its group is open.
        A newer call for the same ref fences this one: ``Conflict`` at its next checkpoint.
        When the call is cut, what was checkpointed stays.
        """
        raise NotImplementedError

    @hookspec("store")
    async def attachment_seal(self, ref: Ref, size: int, sha256: str) -> Attachment:
        """Declare the attachment complete; only then can it be read and sent.

        Sealing twice with the same values is no error, with others ``ChecksumMismatch``; unknown
        is ``Conflict(None)``, and a size other than what is kept, or was announced, is
        ``Conflict(progress)``.
        """
        raise NotImplementedError

    @hookspec("store")
    async def attachment_stat(self, ref: Ref) -> Attachment | None:
        """Return what is known of it, or ``None`` when it is unknown or expired."""
        raise NotImplementedError

    @hookspec("store")
    async def attachment_list(self, owner: str, group: str) -> Sequence[Attachment]:
        """List the group by position, then commit order, unsealed ones included.

        Whole or ``Unavailable``, never a part of it.
        """
        raise NotImplementedError

    @hookspec("store")
    async def attachment_get(
        self, ref: Ref, first: int, last: int | None, purpose: Purpose
    ) -> AttachmentReader | None:
        """Open blocks ``first`` to ``last`` (both included; ``None`` is the end) of a sealed one.

        ``None`` for unknown, unsealed and expired alike; for ``Purpose.SEAL`` an unsealed one is
        opened too, by the host that reads it back and by a scanner. Blocks that are damaged or
        missing raise ``ChecksumMismatch`` when they are reached.
        """
        raise NotImplementedError

    @hookspec("store")
    async def attachment_rename(self, ref: Ref, filename: str) -> Attachment | None:
        """Give it another name; only the name changes. ``None`` when there is none."""
        raise NotImplementedError

    @hookspec("store")
    async def attachment_delete(self, ref: Ref) -> bool:
        """Delete it on every copy; false when there was none. Twice is no error.

        Its id cannot be uploaded again: an upload that comes late, even one that nobody has seen
        before, revives nothing. A store may forget that after a thousand further deletes.
        """
        raise NotImplementedError

    @hookspec("store")
    async def attachments_touch(self, owner: str, group: str, ttl: int) -> bool:
        """Keep the group open for at least ``ttl`` seconds from now.

        True when it was open already, false when this call opened it; ``Conflict(None)`` when it
        was cleaned up before.
        """
        raise NotImplementedError

    @hookspec("store")
    async def attachments_cleanup(self, owner: str, group: str | None) -> int:
        """Close a group, or all groups of the owner, and count the attachments deleted.

        A late upload into a closed group is ``Conflict(None)``.
        """
        raise NotImplementedError

    @hookspec("store")
    async def attachment_usage(self, owner: str) -> Usage:
        """Count what the owner keeps, unsealed bytes included."""
        raise NotImplementedError

    @hookspec("store")
    async def attachment_gc(self, limit: int) -> GcReport:
        """Delete expired attachments and abandoned pieces until at least ``limit`` are gone.

        A compose is deleted whole; ``more`` says that others are left to look at.
        Never what an open group refers to; safe on many nodes at once.
        """
        raise NotImplementedError

    @hookspec("event")
    async def attachment_stored(self, attachment: Attachment) -> None:
        """An attachment was sealed and committed."""

    @hookspec("event")
    async def attachment_deleted(self, ref: Ref, reason: str) -> None:
        """An attachment was deleted: ``deleted``, ``cleaned_up`` or ``expired``."""
