"""One page of a folder, newest first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from imapclient.exceptions import IMAPClientError

from satchel.mail.addresses import Address
from satchel.mail.imap_session import ImapSession, refusals
from satchel.mail.received import decode_header, read_addresses, read_date, split_headers
from satchel.mail.search import Search, find_newest_first
from satchel.mail.structure import Structure, read_structure

PAGE = 50
MAX_SORTED = 50_000  # a longer answer to SORT is more than one line may hold

_FIELDS = "BODY.PEEK[HEADER.FIELDS (DATE FROM TO SUBJECT)]"
_BASICS = ["UID", "FLAGS", "RFC822.SIZE", "INTERNALDATE", _FIELDS]


@dataclass(frozen=True, slots=True)
class Summary:
    """A message as a list shows it. `date` is when it was written, else when it arrived."""

    uid: int
    flags: frozenset[str]
    size: int
    arrived: datetime
    date: datetime
    from_: tuple[Address, ...]
    to: tuple[Address, ...]
    subject: str
    has_attachments: bool

    @property
    def is_unread(self) -> bool:
        """Whether nobody has opened it yet."""
        return "\\Seen" not in self.flags

    @property
    def is_flagged(self) -> bool:
        """Whether it carries a star."""
        return "\\Flagged" in self.flags

    @property
    def is_answered(self) -> bool:
        """Whether an answer was sent."""
        return "\\Answered" in self.flags


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the messages that were asked for: those from `start` on, of `total`."""

    folder: str
    uidvalidity: int
    total: int
    start: int
    messages: tuple[Summary, ...]


def list_messages(
    session: ImapSession, folder: str, start: int, count: int, search: Search | None
) -> Page:
    """Return messages `start` to `start + count`; a start past the end gives none.

    Without a search, only this page is asked for; a server that sorts orders by date of arrival.
    """
    session.select(folder, None)
    if search is None and (session.exists > MAX_SORTED or not session.has("SORT")):
        found = _fetch_by_number(session, start, count)
        return Page(folder, session.uidvalidity, session.exists, start, tuple(found))
    uids = find_newest_first(session, search or Search())
    wanted = uids[start : start + count]
    found = _fetch(session, wanted)
    by_uid = {summary.uid: summary for summary in found}
    messages = tuple(by_uid[uid] for uid in wanted if uid in by_uid)
    return Page(folder, session.uidvalidity, len(uids), start, messages)


def _fetch_by_number(session: ImapSession, start: int, count: int) -> list[Summary]:
    newest = session.exists - start
    numbers = range(newest, max(newest - count, 0), -1)
    session.client.use_uid = False
    try:
        found = _fetch(session, numbers)
    finally:
        session.client.use_uid = True
    return sorted(found, key=lambda summary: summary.uid, reverse=True)


def _fetch(session: ImapSession, wanted: Iterable[int]) -> list[Summary]:
    """Fetch all at once; if one message is past understanding, one by one."""
    wanted = list(wanted)
    try:
        rows = _ask(session, wanted, [*_BASICS, "BODYSTRUCTURE"])
    except (IMAPClientError, RecursionError, ValueError, TypeError, IndexError) as error:
        if isinstance(error, IMAPClientError) and not _is_about_content(error):
            raise
        rows = {number: row for one in wanted for number, row in _ask_one(session, one).items()}
    return [_summary(number, row) for number, row in rows.items()]


def _ask_one(session: ImapSession, number: int) -> dict[int, Mapping[bytes, object]]:
    try:
        return _ask(session, [number], [*_BASICS, "BODYSTRUCTURE"])
    except (IMAPClientError, RecursionError, ValueError, TypeError, IndexError) as error:
        if isinstance(error, IMAPClientError) and not _is_about_content(error):
            raise
        return _ask(session, [number], _BASICS)


def _ask(
    session: ImapSession, wanted: list[int], items: list[str]
) -> dict[int, Mapping[bytes, object]]:
    with refusals("list the messages"):
        return dict(session.client.fetch(wanted, items))


def _summary(number: int, row: Mapping[bytes, object]) -> Summary:
    block = next((v for k, v in row.items() if k.startswith(b"BODY[HEADER")), b"")
    fields = dict(split_headers(block if isinstance(block, bytes) else b""))
    structure = read_structure(row[b"BODYSTRUCTURE"]) if b"BODYSTRUCTURE" in row else Structure(())
    arrived = _date(row.get(b"INTERNALDATE"))
    return Summary(
        uid=_number(row.get(b"UID", number)),
        flags=read_flags(row.get(b"FLAGS")),
        size=_number(row.get(b"RFC822.SIZE")),
        arrived=arrived,
        date=read_date(fields.get("date", b"")) or arrived,
        from_=read_addresses(fields.get("from", b"")),
        to=read_addresses(fields.get("to", b"")),
        subject=decode_header(fields.get("subject", b"")),
        has_attachments=structure.has_attachments,
    )


def read_flags(value: object) -> frozenset[str]:
    """Return the flags of a FETCH answer."""
    items = value if isinstance(value, tuple) else ()
    return frozenset(flag.decode("ascii", "replace") for flag in items if isinstance(flag, bytes))


def _date(value: object) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromtimestamp(0, UTC)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _is_about_content(error: IMAPClientError) -> bool:
    """Whether the answer was read whole and only makes no sense."""
    return type(error).__name__ == "ProtocolError"
