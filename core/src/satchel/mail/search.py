"""What to look for in a folder."""

from dataclasses import dataclass
from datetime import date

from imapclient import imapclient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError

from satchel.mail.errors import MailServerRefused
from satchel.mail.headers import clean_text
from satchel.mail.imap_session import ImapSession

MAX_WORDS = 500
TEXTS = ("TEXT", "FROM", "TO", "SUBJECT", "BODY")
WORDS = frozenset({*TEXTS, "SINCE", "BEFORE", "UNSEEN", "FLAGGED", "ALL"})


@dataclass(frozen=True, slots=True)
class Search:
    """All that is given must be met; a text is found in any part of a word."""

    text: str = ""
    from_: str = ""
    to: str = ""
    subject: str = ""
    body: str = ""
    since: date | None = None
    before: date | None = None
    is_unread: bool = False
    is_flagged: bool = False

    def criteria(self) -> list[str | date]:
        """Return the search as IMAPClient takes it."""
        found: list[str | date] = []
        texts = (self.text, self.from_, self.to, self.subject, self.body)
        for key, value in zip(TEXTS, texts, strict=True):
            words = " ".join(clean_text(value)[:MAX_WORDS].split())
            found += [key, words] if words else []
        for key, day in (("SINCE", self.since), ("BEFORE", self.before)):
            found += [key, day] if day else []
        found += ["UNSEEN"] * self.is_unread + ["FLAGGED"] * self.is_flagged
        return found or ["ALL"]


def find_newest_first(session: ImapSession, search: Search) -> list[int]:
    """Return the UIDs that match in the selected folder.

    By date of arrival where the server sorts, else by UID. Other letters than ASCII are asked
    for as UTF-8, then as Latin-1 if the server refuses that; `MailServerRefused` if it takes
    neither.
    """
    criteria = search.criteria()
    charsets = ["UTF-8", "ISO-8859-1"] if _has_letters(criteria) else ["US-ASCII"]
    for charset in charsets:
        try:
            return _ask(session, criteria, charset)
        except UnicodeEncodeError:
            break
        except (IMAPClientAbortError, ProtocolError):
            raise
        except IMAPClientError as error:
            refusal = error
    raise MailServerRefused("search", str(refusal)) from refusal


def _ask(session: ImapSession, criteria: list[str | date], charset: str) -> list[int]:
    words = [_apart(word, charset) for word in criteria]
    if session.has("SORT"):
        # Not REVERSE ARRIVAL: that leaves messages of the same second oldest first.
        return list(session.client.sort(["ARRIVAL"], words, charset))[::-1]
    named = None if charset == "US-ASCII" else charset
    return sorted(session.client.search(words, named), reverse=True)


def _apart(word: str | date, charset: str) -> str | date | bytes:
    """Keep what a user typed apart from the command.

    IMAPClient sends a text without blanks as it is, so that ``{5}`` would announce a literal and
    ``)`` would end a list; one that is a literal itself can mean nothing else.
    """
    if isinstance(word, str) and word not in WORDS:
        literal: bytes = imapclient._literal(word.encode(charset))
        return literal
    return word


def _has_letters(criteria: list[str | date]) -> bool:
    return not all(word.isascii() for word in criteria if isinstance(word, str))
