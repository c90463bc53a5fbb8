"""Mail written for the demo: the same bytes for the same day."""

import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Letter:
    """A message and its place: which folder, how old, with which letters for its flags."""

    folder: str
    when: datetime
    flags: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes along with a letter; one with a content id is shown in the text."""

    filename: str
    kind: str
    content: bytes
    cid: str = ""


@dataclass(slots=True)
class Draft:
    """What a letter says, before it is written out."""

    by: str
    to: Iterable[str]
    subject: str
    when: datetime
    text: str = ""
    html: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    enclosures: tuple[Enclosure, ...] = ()

    @property
    def message_id(self) -> str:
        """Name the letter, the same way each time it is written."""
        seed = f"{self.by}|{self.subject}|{self.when.isoformat()}"
        host = parseaddr(self.by)[1].rpartition("@")[2]
        return f"<{hashlib.sha256(seed.encode()).hexdigest()[:20]}@{host}>"

    def write(self) -> bytes:
        """Write the letter out as the bytes of a message."""
        message = EmailMessage(SMTP)
        message["From"] = as_address(self.by)
        message["To"] = tuple(as_address(one) for one in self.to)
        message["Subject"] = self.subject
        message["Date"] = format_datetime(self.when)
        message["Message-ID"] = self.message_id
        for name, value in self.headers.items():
            message[name] = value
        self._fill(message)
        return as_bytes(message, self.message_id)

    def _fill(self, message: EmailMessage) -> None:
        message.set_content(self.text, cte=_encoding(self.text))
        if self.html:
            message.add_alternative(self.html, subtype="html", cte=_encoding(self.html))
        for one in self.enclosures:
            main, sub = one.kind.split("/")
            if one.cid:
                shown = message.get_payload()[-1]  # type: ignore[index]  # it is multipart by now
                shown.add_related(  # type: ignore[union-attr]
                    one.content, main, sub, cid=f"<{one.cid}>", filename=one.filename,
                    disposition="inline",
                )  # fmt: skip
            else:
                message.add_attachment(one.content, main, sub, filename=one.filename)


def as_bytes(message: EmailMessage, name: str) -> bytes:
    """Write a message out, with boundaries that are the same each time."""
    mark = hashlib.sha256(name.encode()).hexdigest()[:16]
    for number, part in enumerate(message.walk()):
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            part.set_boundary(f"=_{mark}_{number}")
    return message.as_bytes()


def as_address(text: str) -> Address:
    """Read `Name <local@host>`."""
    name, _, rest = text.rpartition(" <")
    return Address(name.strip('"'), addr_spec=rest.rstrip(">"))


def age(today: datetime, days: float) -> datetime:
    """Return the moment that was so many days ago, to the minute."""
    return (today - timedelta(days=days)).replace(second=0, microsecond=0).astimezone(UTC)


def read_table(name: str) -> dict[str, Any]:
    """Read one of the tables beside this module; TOML has no types to tell."""
    return tomllib.loads(files(__package__).joinpath(name).read_text("utf-8"))


def _encoding(text: str) -> str:
    return "7bit" if text.isascii() and max(map(len, text.split("\n"))) < 900 else "base64"
