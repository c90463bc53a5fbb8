"""The group document: everything that is known of one compose's attachments, but their bytes.

It is changed by compare-and-swap only, so that a list is one read and whole by nature. The
functions here are pure: a document goes in, a new one comes out.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from satchel_hookspecs.attachments import Attachment, Place, Progress, Ref, Source, UploadRequest
from satchel_hookspecs.blocks import BLOCK
from satchel_hookspecs.errors import ChecksumMismatch, Conflict

MOST_GONE = 1000


@dataclass(frozen=True, slots=True)
class Piece:
    """An immutable run of blocks: ``first`` to ``stop``, ``size`` bytes of the client's."""

    name: str
    first: int
    stop: int
    size: int

    def before(self, block: int) -> "Piece":
        """The part of it that ends before ``block``."""
        if block >= self.stop:
            return self
        return replace(self, stop=block, size=(block - self.first) * BLOCK)


@dataclass(frozen=True, slots=True)
class Entry:
    """One attachment in the document; ``writer`` names the call that may add to it."""

    id: str
    filename: str
    content_type: str
    source: str
    position: int
    serial: int
    total: int | None
    writer: str
    revision: int = 1
    sha256: str | None = None
    pieces: tuple[Piece, ...] = ()

    @property
    def sealed(self) -> bool:
        """Whether it is complete."""
        return self.sha256 is not None

    @property
    def progress(self) -> Progress:
        """How many of the client's bytes are kept."""
        return Progress(sum(piece.size for piece in self.pieces), self.sealed)

    def adding(self, piece: Piece) -> "Entry":
        """The entry with ``piece`` in the place of all that was there from its first block on."""
        kept = tuple(old.before(piece.first) for old in self.pieces if old.first < piece.first)
        return replace(self, pieces=(*kept, piece), revision=self.revision + 1)

    def as_attachment(self, place: Place, ttl: float) -> Attachment:
        """What the contract says of it."""
        ref = Ref(place.owner, place.group, self.id)
        size = self.progress.size
        return Attachment(
            ref, self.filename, self.content_type, Source(self.source), self.position,
            self.serial, size, self.total, self.sealed, self.sha256, ttl,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """One compose: its entries by commit order, and when it ends (seconds since 1970).

    ``gone`` are the ids deleted from it, at most the last ``MOST_GONE``: none of them comes back.
    """

    expires: float
    serial: int = 0
    closed: bool = False
    entries: tuple[Entry, ...] = ()
    gone: tuple[str, ...] = ()

    def entry(self, id: str) -> Entry | None:
        """The entry of this id, or ``None``."""
        return next((entry for entry in self.entries if entry.id == id), None)

    def put(self, entry: Entry) -> "Group":
        """The document with this entry in the place of the one with its id, or at the end."""
        if self.entry(entry.id) is None:
            return replace(self, entries=(*self.entries, entry))
        kept = (entry if old.id == entry.id else old for old in self.entries)
        return replace(self, entries=tuple(kept))

    def without(self, id: str) -> "Group":
        """The document without an entry of this id, now and later."""
        entries = tuple(entry for entry in self.entries if entry.id != id)
        return replace(self, entries=entries, gone=all_gone(self.gone, (id,)))

    @property
    def pieces(self) -> frozenset[str]:
        """The names of all pieces that it refers to."""
        return frozenset(piece.name for entry in self.entries for piece in entry.pieces)

    def to_bytes(self) -> bytes:
        """The document as JSON."""
        return json.dumps(self, default=_fields_of, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, document: bytes) -> "Group":
        """The document that ``to_bytes`` wrote; ``ChecksumMismatch`` when it is none."""
        try:
            fields = json.loads(document)
            entries = tuple(_entry_from(entry) for entry in fields.pop("entries"))
            return cls(entries=entries, gone=tuple(fields.pop("gone", ())), **fields)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ChecksumMismatch("The list of a compose's attachments is damaged.") from error


def all_gone(known: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    """The ids of both, each once; of too many the last."""
    return tuple(dict.fromkeys((*known, *more)))[-MOST_GONE:]


def claim(group: Group, request: UploadRequest, start: int, writer: str) -> Group:
    """Let ``writer`` upload from block ``start`` on; every other writer of the ref is fenced."""
    entry = group.entry(request.ref.id)
    if entry is None:
        if start or request.ref.id in group.gone:
            raise Conflict(None, "There is no such upload to go on with.")
        serial = group.serial + 1
        entry = Entry(
            request.ref.id, request.filename, request.content_type, request.source.value,
            request.position, serial, request.size, writer,
        )  # fmt: skip
        return replace(group.put(entry), serial=serial)
    if entry.sealed or start not in (0, entry.progress.next_block):
        raise Conflict(entry.progress, f"Block {start} is not the one to go on with.")
    if not start:
        entry = replace(entry, pieces=(), total=request.size)
    return group.put(replace(entry, writer=writer, revision=entry.revision + 1))


def checkpoint(group: Group, id: str, writer: str, piece: Piece) -> Group:
    """Refer to ``piece``, if ``writer`` is still the one that may add to the entry."""
    entry = group.entry(id)
    if entry is None or entry.writer != writer or entry.sealed:
        raise Conflict(entry and entry.progress, "Another call has taken this upload over.")
    return group.put(entry.adding(piece))


def seal(group: Group, id: str, size: int, sha256: str) -> Group:
    """Declare the entry complete."""
    entry = group.entry(id)
    if entry is None:
        raise Conflict(None, "There is no such upload to seal.")
    if entry.sealed:
        if (entry.progress.size, entry.sha256) == (size, sha256):
            return group
        raise ChecksumMismatch("It was sealed already, with another size or digest.")
    if entry.progress.size != size:
        raise Conflict(entry.progress, f"Of {size} bytes {entry.progress.size} are kept.")
    if entry.total not in (None, size):
        raise Conflict(entry.progress, f"Of {entry.total} announced bytes {size} are kept.")
    return group.put(replace(entry, sha256=sha256, revision=entry.revision + 1))


def _fields_of(part: Group | Entry | Piece) -> dict[str, object]:
    # dataclasses.asdict copies every string on its way, which takes longer than the JSON.
    return {name: getattr(part, name) for name in part.__slots__}


def _entry_from(fields: dict[str, object]) -> Entry:
    pieces = fields.pop("pieces")
    if not isinstance(pieces, list):
        raise TypeError("pieces")
    return Entry(pieces=tuple(Piece(**piece) for piece in pieces), **fields)  # type: ignore[arg-type]
