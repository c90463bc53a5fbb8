"""One message, opened: its headers, its text and the list of its attachments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from imapclient.exceptions import ProtocolError

from satchel.mail.addresses import Address
from satchel.mail.decoding import decode_all
from satchel.mail.errors import MessageMissing
from satchel.mail.headers import find_message_ids
from satchel.mail.imap_session import ImapSession, refusals
from satchel.mail.listing import read_flags
from satchel.mail.received import (
    decode_bytes,
    decode_header,
    read_addresses,
    read_date,
    split_headers,
)
from satchel.mail.structure import ReceivedPart, Structure, read_structure

MAX_TEXT = 1024 * 1024
MAX_HEADERS = 256 * 1024
BLOCK = 256 * 1024

_BASICS = ["FLAGS", "RFC822.SIZE", "INTERNALDATE"]


@dataclass(frozen=True, slots=True)
class Body:
    """The text of a part, `is_cut` if there is more of it than the first MiB."""

    text: str
    is_cut: bool


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """A message as a page shows it. Nothing in it is safe to show as HTML.

    `headers` are all of them, decoded, in order, with lower-case names.
    """

    folder: str
    uidvalidity: int
    uid: int
    flags: frozenset[str]
    size: int
    date: datetime
    headers: tuple[tuple[str, str], ...]
    subject: str
    from_: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    bcc: tuple[Address, ...]
    message_id: str | None
    references: tuple[str, ...]
    structure: Structure
    text: Body | None
    html: Body | None

    @property
    def attachments(self) -> tuple[ReceivedPart, ...]:
        """The parts to offer for download."""
        return self.structure.attachments

    @property
    def inline(self) -> tuple[ReceivedPart, ...]:
        """The parts that the HTML may show by their content id."""
        return self.structure.inline


def open_message(
    session: ImapSession, folder: str, uid: int, uidvalidity: int | None
) -> ReceivedMessage:
    """Return the message without marking it as read.

    Raises `MessageMissing`, `FolderMissing` or `FolderChanged`.
    """
    session.keep_selected(folder, uidvalidity)
    row = fetch_one(session, uid, [f"BODY.PEEK[HEADER]<0.{MAX_HEADERS}>", *_BASICS])
    structure = fetch_structure(session, uid)
    fields = list(split_headers(_bytes_of(row, b"BODY[HEADER]")))
    first = dict(reversed(fields))
    ids = find_message_ids(_ascii(first.get("message-id", b"")))
    arrived = row.get(b"INTERNALDATE")
    fallback = arrived if isinstance(arrived, datetime) else datetime.fromtimestamp(0, UTC)
    size = row.get(b"RFC822.SIZE")
    return ReceivedMessage(
        folder=folder,
        uidvalidity=session.uidvalidity,
        uid=uid,
        flags=read_flags(row.get(b"FLAGS")),
        size=size if isinstance(size, int) else 0,
        date=read_date(first.get("date", b"")) or fallback,
        headers=tuple((name, decode_header(value)) for name, value in fields),
        subject=decode_header(first.get("subject", b"")),
        from_=read_addresses(first.get("from", b"")),
        reply_to=read_addresses(first.get("reply-to", b"")),
        to=read_addresses(first.get("to", b"")),
        cc=read_addresses(first.get("cc", b"")),
        bcc=read_addresses(first.get("bcc", b"")),
        message_id=ids[0] if ids else None,
        references=find_message_ids(
            _ascii(first.get("references", b"") or first.get("in-reply-to", b""))
        ),
        structure=structure,
        text=_body(session, uid, structure.text),
        html=_body(session, uid, structure.html),
    )


def fetch_structure(session: ImapSession, uid: int) -> Structure:
    """Return the shape of the message; one that makes no sense has no parts."""
    try:
        row = fetch_one(session, uid, ["BODYSTRUCTURE"])
    except (ProtocolError, RecursionError, ValueError, TypeError, IndexError):
        return Structure((), is_cut=True)
    return read_structure(row.get(b"BODYSTRUCTURE"))


def fetch_block(session: ImapSession, uid: int, section: str, offset: int) -> bytes:
    """Return the next bytes of a part as they are coded, at most `BLOCK`; b"" at the end."""
    row = fetch_one(session, uid, [f"BODY.PEEK[{section}]<{offset}.{BLOCK}>"])
    return _bytes_of(row, b"BODY[")[:BLOCK]


def fetch_one(session: ImapSession, uid: int, items: list[str]) -> Mapping[bytes, object]:
    """Return one row of FETCH, or raise `MessageMissing`."""
    if not 0 < uid < 2**32:
        raise MessageMissing
    with refusals("open the message"):
        row = session.client.fetch([uid], items).get(uid)
        if not row:
            # It may have come since this connection opened the folder, and another one listed it.
            session.noop()
            row = session.client.fetch([uid], items).get(uid)
    if not row:
        raise MessageMissing
    return dict(row)


def _body(session: ImapSession, uid: int, part: ReceivedPart | None) -> Body | None:
    if part is None:
        return None
    with refusals("open the message"):
        row = fetch_one(session, uid, [f"BODY.PEEK[{part.section}]<0.{MAX_TEXT}>"])
    coded = _bytes_of(row, b"BODY[")
    text = decode_bytes(decode_all(coded, part.encoding), part.charset)
    return Body(text.replace("\r\n", "\n").replace("\x00", "\ufffd"), len(coded) >= MAX_TEXT)


def _bytes_of(row: Mapping[bytes, object], start: bytes) -> bytes:
    found = next((value for key, value in row.items() if key.startswith(start)), b"")
    return found if isinstance(found, bytes) else b"" if found is None else str(found).encode()


def _ascii(value: bytes) -> str:
    return value.decode("ascii", "replace")
