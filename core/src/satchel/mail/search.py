"""What to look for in a folder."""

from dataclasses import dataclass
from datetime import date

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError

from satchel.mail.errors import MailServerRefused
from satchel.mail.headers import clean_text
from satchel.mail.imap_session import ImapSession

MAX_WORDS = 500


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
        for key, value in zip(("TEXT", "FROM", "TO", "SUBJECT", "BODY"), texts, strict=True):
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
    if session.has("SORT"):
        # Not REVERSE ARRIVAL: that leaves messages of the same second oldest first.
        return list(session.client.sort(["ARRIVAL"], criteria, charset))[::-1]
    named = None if charset == "US-ASCII" else charset
    return sorted(session.client.search(criteria, named), reverse=True)


def _has_letters(criteria: list[str | date]) -> bool:
    return not all(word.isascii() for word in criteria if isinstance(word, str))
