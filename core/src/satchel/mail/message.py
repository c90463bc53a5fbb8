"""An outgoing message, written as a stream of bytes that is the same each time."""

import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from satchel.mail import base64_lines, headers
from satchel.mail.addresses import Address
from satchel.mail.errors import HeaderRefused
from satchel.mail.head import join_fields
from satchel.mail.part import Part

_BOUNDARY = re.compile(r"[A-Za-z0-9_.=-]{10,60}")
_SAFE_LINE = re.compile(r"(?!From )[\t -~]{0,990}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """All of a message. Equal fields, boundary and date included, give equal bytes.

    The text, the HTML and the headers are in memory; attachments are streamed, each as base64.
    `bcc` counts among the recipients and is never written.
    """

    from_: Address
    subject: str
    text: str
    message_id: str
    date: datetime
    boundary: str
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    html: str | None = None
    attachments: tuple[Part, ...] = ()
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def recipients(self) -> tuple[str, ...]:
        """The mailboxes of the envelope, each once."""
        return tuple(dict.fromkeys(a.mailbox for a in (*self.to, *self.cc, *self.bcc)))

    def size(self) -> int:
        """Return exactly how many bytes `stream` gives."""
        return sum(
            piece.encoded_size() if isinstance(piece, Part) else len(piece)
            for piece in self._pieces()
        )

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """Yield the message: ASCII, every line ending in CRLF, in blocks of about 256 KiB.

        All headers are parsed again before the first byte: `MessageDamaged` if they are not the
        ones that were meant. `PartLengthDiffers` if an attachment is not as long as announced.
        """
        for piece in list(self._pieces()):
            if not isinstance(piece, Part):
                yield piece
                continue
            async with aclosing(piece.encode()) as blocks:
                async for block in blocks:
                    yield block

    def _pieces(self) -> Iterator[bytes | Part]:
        if not _BOUNDARY.fullmatch(self.boundary):
            raise HeaderRefused("The boundary of a message is 10 to 60 letters and digits.")
        head = list(self._head())
        if not self.attachments:
            yield from self._body(b"", head)
            return
        yield join_fields([*head, _multipart("mixed", self.boundary)]) + b"\r\n"
        yield from self._body(_delimiter(self.boundary), [])
        for part in self.attachments:
            content = headers.encode_content(part.content_type, part.filename)
            yield _delimiter(self.boundary) + join_fields(content) + b"\r\n"
            yield part
        yield _end(self.boundary)

    def _head(self) -> Iterator[bytes]:
        yield headers.encode_date(self.date)
        yield headers.encode_addresses("From", [self.from_])
        for name, addresses in (("Reply-To", self.reply_to), ("To", self.to), ("Cc", self.cc)):
            if addresses:
                yield headers.encode_addresses(name, addresses)
        if not self.to and not self.cc:
            yield b"To: undisclosed-recipients:;\r\n"
        yield headers.encode_text("Subject", self.subject)
        yield headers.encode_message_ids("Message-ID", [self.message_id])
        if self.in_reply_to:
            yield headers.encode_message_ids("In-Reply-To", [self.in_reply_to])
        if self.references:
            yield headers.encode_message_ids("References", self.references)
        for name, value in self.headers:
            yield headers.encode_extra(name, value)
        yield b"MIME-Version: 1.0\r\n"

    def _body(self, before: bytes, fields: Sequence[bytes]) -> Iterator[bytes]:
        """Yield the text, with its HTML if it has one, under `before` and these headers."""
        if self.html is None:
            yield self._text_part(before, fields, "plain", self.text)
            return
        inner = f"{self.boundary}.a"
        yield before + join_fields([*fields, _multipart("alternative", inner)]) + b"\r\n"
        yield self._text_part(_delimiter(inner), [], "plain", self.text)
        yield self._text_part(_delimiter(inner), [], "html", self.html)
        yield _end(inner)

    def _text_part(self, before: bytes, fields: Sequence[bytes], subtype: str, text: str) -> bytes:
        """Write plain ASCII as it is, so that it reads anywhere; all else as base64."""
        lines = headers.valid_text(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        is_plain = all(map(_SAFE_LINE.fullmatch, lines)) and self.boundary not in text
        charset, coding = ("us-ascii", "7bit") if is_plain else ("utf-8", "base64")
        content = f"Content-Type: text/{subtype}; charset={charset}\r\n".encode("ascii")
        transfer = f"Content-Transfer-Encoding: {coding}\r\n".encode("ascii")
        body = "\r\n".join(lines).encode()
        coded = body + b"\r\n" if is_plain else base64_lines.encode(body)
        return before + join_fields([*fields, content, transfer]) + b"\r\n" + coded


def _multipart(subtype: str, boundary: str) -> bytes:
    return f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n'.encode("ascii")


def _delimiter(boundary: str) -> bytes:
    return f"\r\n--{boundary}\r\n".encode("ascii")


def _end(boundary: str) -> bytes:
    return f"\r\n--{boundary}--\r\n".encode("ascii")
