"""A received message as the text of an answer."""

import html
import re

from satchel.mail.addresses import Address
from satchel.mail.reading import ReceivedMessage
from satchel_site.tags import tidy

MAX_QUOTE = 200_000
BREAK = re.compile(r"</(?:p|div|tr|li|h[1-6]|blockquote|pre|table)>|<(?:br|hr)[^>]*>")
TAG = re.compile(r"<[^>]*>")
RE = re.compile(r"\s*(?:re|aw|sv|antw)\s*:", re.IGNORECASE)
FWD = re.compile(r"\s*(?:fwd?|wg|tr)\s*:", re.IGNORECASE)


def text_of(message: ReceivedMessage) -> str:
    """The text of a message, made out of its HTML where it has no other."""
    if message.text is not None:
        return message.text.text[:MAX_QUOTE].strip()
    if message.html is None:
        return ""
    return text_of_html(message.html.text[: 4 * MAX_QUOTE])[:MAX_QUOTE]


def text_of_html(source: str) -> str:
    """Read HTML as lines of text."""
    flat = " ".join(tidy(source).split())
    lines = html.unescape(TAG.sub("", BREAK.sub("\n", flat))).split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in lines)).strip()


def quote_reply(message: ReceivedMessage) -> str:
    """The quoted text under an answer, with room above it."""
    lines = text_of(message).split("\n")
    quoted = "\n".join(f">{line}" if line.startswith(">") else f"> {line}" for line in lines)
    return f"\n\nOn {_moment(message)}, {_people(message.from_)} wrote:\n{quoted}\n"


def quote_forward(message: ReceivedMessage) -> str:
    """The passed-on text, with what its header said."""
    fields = (
        ("From", _people(message.from_)),
        ("Date", _moment(message)),
        ("Subject", message.subject),
        ("To", _people(message.to)),
        ("Cc", _people(message.cc)),
    )
    head = "\n".join(f"{name}: {value}" for name, value in fields if value)
    return f"\n\n---------- Forwarded message ----------\n{head}\n\n{text_of(message)}\n"


def reply_subject(subject: str) -> str:
    """The subject of an answer; one ``Re:`` is enough."""
    return subject if RE.match(subject) else f"Re: {subject}"


def forward_subject(subject: str) -> str:
    """The subject of a message that is passed on."""
    return subject if FWD.match(subject) else f"Fwd: {subject}"


def _moment(message: ReceivedMessage) -> str:
    return f"{message.date.day} {message.date:%B %Y at %H:%M}"


def _people(people: tuple[Address, ...]) -> str:
    return ", ".join(str(person) for person in people)
