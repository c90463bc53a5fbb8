"""Headers written by ourselves, as folded ASCII lines that end in CRLF.

Nothing that is typed can start a new header: control characters become spaces, and a text that
looks like an encoded word is encoded again, so that it arrives as the text it is.
"""

import base64
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from email.utils import format_datetime

from satchel.mail.addresses import Address, check_mailbox
from satchel.mail.errors import HeaderRefused

MAX_TEXT = 10_000
MAX_REFERENCES = 100

_WORD_BYTES = 42  # 56 characters of base64: an encoded word may have 75
_LINE = 76
_EXTRA_NAMES = frozenset(
    {"auto-submitted", "importance", "list-unsubscribe", "organization", "user-agent", "x-priority"}
)
_PLAIN = re.compile(r"[!-~]{1,300}( [!-~]{1,300})*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+( [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_MESSAGE_ID = re.compile(
    r"<[^\s<>@\x00-\x1f\x7f-\uffff]{1,200}@[^\s<>@\x00-\x1f\x7f-\uffff]{1,200}>"
)
_PLAIN_FILENAME = re.compile(r"[A-Za-z0-9 ._+()\[\]{}!#$&,;=@^`~-]{1,60}")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")


def clean_text(text: str) -> str:
    """Return the text as one line of valid Unicode; what no header may have becomes a space."""
    blank = {"Cc", "Zl", "Zp"}
    return "".join(" " if unicodedata.category(c) in blank else c for c in valid_text(text))


def valid_text(text: str) -> str:
    """Return the text with U+FFFD for each half of a letter that stands alone."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def encode_text(name: str, value: str) -> bytes:
    """Return a header of free text, such as a subject."""
    text = clean_text(value).strip()
    if len(text) > MAX_TEXT:
        raise HeaderRefused(f"The {name.lower()} is longer than {MAX_TEXT} characters.")
    if _PLAIN.fullmatch(text) and "=?" not in text:
        return _fold(name, text.split(" "))
    return _fold(name, _encoded_words(text))


def encode_extra(name: str, value: str) -> bytes:
    """Return one of the few other headers that a caller may set; others are `HeaderRefused`."""
    if name.lower() not in _EXTRA_NAMES:
        raise HeaderRefused(f"A message may not set the header “{clean_text(name)}” by itself.")
    return encode_text(name, value)


def encode_addresses(name: str, addresses: Sequence[Address]) -> bytes:
    """Return a header of addresses, each checked again."""
    words: list[str] = []
    for address in addresses:
        mailbox = check_mailbox(address.mailbox)
        phrase = _phrase(clean_text(address.name).strip())
        words += [*phrase, f"<{mailbox}>,"] if phrase else [f"{mailbox},"]
    words[-1] = words[-1].removesuffix(",")
    return _fold(name, words)


def encode_message_ids(name: str, ids: Iterable[str]) -> bytes:
    """Return a header of message ids, at most a hundred: the first one and the latest."""
    known = list(ids)
    for message_id in known:
        check_message_id(message_id)
    if len(known) > MAX_REFERENCES:
        known = [known[0], *known[1 - MAX_REFERENCES :]]
    return _fold(name, known)


def check_message_id(message_id: str) -> str:
    """Return the id if it is one, `<left@right>` in ASCII, or raise `HeaderRefused`."""
    if not _MESSAGE_ID.fullmatch(message_id):
        raise HeaderRefused(f"“{clean_text(message_id)[:80]}” is not the id of a message.")
    return message_id


def find_message_ids(text: str) -> tuple[str, ...]:
    """Return the well-formed message ids in a received header, and nothing else of it."""
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(text)))


def encode_date(date: datetime) -> bytes:
    """Return the Date header; the date must know its time zone."""
    if date.tzinfo is None:
        raise HeaderRefused("The date of a message must say its time zone.")
    return f"Date: {format_datetime(date)}\r\n".encode("ascii")


def encode_content(content_type: str, filename: str) -> tuple[bytes, bytes, bytes]:
    """Return the headers of an attachment in base64, its name after RFC 2231 where needed."""
    return (
        f"Content-Type: {leaf_type(content_type)}\r\n".encode("ascii"),
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Disposition: attachment" + _filename_parameters(clean_filename(filename)),
    )


def leaf_type(content_type: str) -> str:
    """Return a type that can be sent as base64; messages and odd types are octet streams."""
    essence = content_type.partition(";")[0].strip().lower()
    if not _TYPE.fullmatch(essence) or essence.startswith(("message/", "multipart/")):
        return "application/octet-stream"
    return essence


def clean_filename(filename: str) -> str:
    """Return the last part of a name as it may be shown and sent: one line, at most 255 bytes."""
    name = clean_text(filename).replace("\\", "/").rstrip("/ ").rpartition("/")[2].strip()
    if name.strip(".") == "":
        return "attachment"
    if len(name.encode()) <= 255:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension.encode()) > 20:
        stem, dot, extension = name, "", ""
    room = 255 - len((dot + extension).encode())
    return stem.encode()[:room].decode(errors="ignore") + dot + extension


def _filename_parameters(filename: str) -> bytes:
    if _PLAIN_FILENAME.fullmatch(filename):
        return f';\r\n filename="{filename}"\r\n'.encode("ascii")
    pieces = list(_percent_pieces(filename))
    if len(pieces) == 1:
        return f";\r\n filename*=UTF-8''{pieces[0]}\r\n".encode("ascii")
    pieces[0] = f"UTF-8''{pieces[0]}"
    lines = (f";\r\n filename*{i}*={piece}" for i, piece in enumerate(pieces))
    return ("".join(lines) + "\r\n").encode("ascii")


def _percent_pieces(filename: str) -> Iterator[str]:
    """Cut into pieces of at most 50 characters, never inside one percent-encoded letter."""
    piece = ""
    for c in filename:
        safe = c.isascii() and (c.isalnum() or c in "._-")
        coded = c if safe else "".join(f"%{byte:02X}" for byte in c.encode())
        if len(piece) + len(coded) > 50:
            yield piece
            piece = ""
        piece += coded
    yield piece


def _phrase(name: str) -> list[str]:
    if not name:
        return []
    if "=?" not in name and len(name) <= 60:
        if _ATOMS.fullmatch(name):
            return [name]
        if _PLAIN.fullmatch(name):
            escaped = name.replace("\\", "\\\\").replace('"', '\\"')
            return [f'"{escaped}"']
    return _encoded_words(name)


def _encoded_words(text: str) -> list[str]:
    """Return the text as words of RFC 2047, each holding whole letters."""
    pieces = [b""]
    for c in text:
        letter = c.encode()
        if len(pieces[-1]) + len(letter) > _WORD_BYTES:
            pieces.append(b"")
        pieces[-1] += letter
    return [f"=?utf-8?b?{base64.b64encode(piece).decode('ascii')}?=" for piece in pieces if piece]


def _fold(name: str, words: Sequence[str]) -> bytes:
    lines = [f"{name}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > _LINE and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return ("\r\n".join(lines) + "\r\n").encode("ascii")
