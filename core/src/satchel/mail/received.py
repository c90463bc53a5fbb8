"""The lenient reading of headers that anybody may have written."""

import binascii
import codecs
import quopri
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from satchel.mail.addresses import Address
from satchel.mail.headers import clean_filename, clean_text, valid_text

MAX_HEADER = 64 * 1024
MAX_ADDRESSES = 1000

# Codecs of Python that are no charsets; decoding punycode takes quadratic time.
_NOT_CHARSETS = frozenset(
    {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "mbcs", "oem"}
)
_ENCODED_WORD = re.compile(r"=\?([\w.:+-]{1,40})(?:\*[\w-]*)?\?([bBqQ])\?([^?\s]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(=\?[\w.:+*-]{1,50}\?[bBqQ]\?)")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[(),:;<>]|[^"(),:;<>]+|"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def decode_bytes(data: bytes, charset: str = "") -> str:
    """Return text whatever the charset: the named one if it fits, else UTF-8, else the nearest."""
    named = _codec(charset)
    for name in filter(None, (named, "utf-8")):
        try:
            return valid_text(data.decode(name))
        except ValueError:
            continue
    return valid_text(data.decode("cp1252" if named in {"", "ascii"} else named, "replace"))


def decode_header(value: bytes | str) -> str:
    """Return a header's text on one line, its encoded words read, nothing invalid in it."""
    text = value if isinstance(value, str) else decode_bytes(value)
    joined = _BETWEEN_WORDS.sub(r"\1\2", text[:MAX_HEADER])
    decoded = _ENCODED_WORD.sub(_decode_word, joined)
    return " ".join(clean_text(decoded).split())


def read_addresses(value: bytes | str) -> tuple[Address, ...]:
    """Return the addresses in a received header; a mailbox may be one that no server accepts.

    Encoded words are read last, so that no name can turn into another address. Use
    `parse_addresses` on what the user answers to.
    """
    text = value if isinstance(value, str) else decode_bytes(value)
    pieces = _pieces(" ".join(text[:MAX_HEADER].split()))
    addresses = (_address(name, mailbox) for name, mailbox in pieces)
    return tuple(address for address in addresses if address.mailbox or address.name)


def read_date(value: bytes | str) -> datetime | None:
    """Return the date with its time zone, UTC if it names none; `None` if it cannot be read."""
    text = value if isinstance(value, str) else value.decode("ascii", "replace")
    try:
        date = parsedate_to_datetime(text[:200])
        date.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def read_filename(parameters: Mapping[str, bytes], name: str) -> str:
    """Return the file name among MIME parameters, or "" if there is none.

    `parameters` has lower-case keys as they stood in the message: `filename`, `filename*`,
    `filename*0*` and so on.
    """
    raw = _joined(parameters, name)
    if raw is None:
        plain = parameters.get(name)
        raw = decode_header(plain) if plain else ""
    return clean_filename(raw) if raw.strip() else ""


def split_headers(block: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield each header of a block as lower-case name and unfolded value."""
    unfolded = re.sub(rb"\r?\n[ \t]+", b" ", block[: 4 * MAX_HEADER])
    for line in unfolded.splitlines():
        name, colon, value = line.partition(b":")
        if colon and name and name.isascii():
            yield name.decode("ascii").strip().lower(), value.strip()


def _codec(charset: str) -> str:
    """Return Python's name of a charset, or "" if it is none that mail is written in."""
    try:
        name = codecs.lookup(charset.strip()).name if charset else ""
        b"text".decode(name or "ascii", "ignore")
    except (LookupError, ValueError):
        return ""
    return "" if name in _NOT_CHARSETS else name


def _decode_word(match: re.Match[str]) -> str:
    charset, encoding, payload = match.groups()
    data = payload.encode("utf-8", "replace")
    try:
        if encoding in "bB":
            raw = binascii.a2b_base64(data + b"=" * (-len(data) % 4))
        else:
            raw = quopri.decodestring(data, header=True)
    except binascii.Error:
        return match[0]
    return decode_bytes(raw, charset)


def _joined(parameters: Mapping[str, bytes], name: str) -> str | None:
    """Return an RFC 2231 value, its pieces joined, or `None` if the name has none."""
    whole = parameters.get(f"{name}*")
    if whole is not None:
        charset, coded = _charset_and_rest(whole)
        return decode_bytes(unquote_to_bytes(coded), charset)
    data, charset = b"", ""
    for i in range(100):
        plain, coded_piece = parameters.get(f"{name}*{i}"), parameters.get(f"{name}*{i}*")
        if coded_piece is not None:
            if i == 0:
                charset, coded_piece = _charset_and_rest(coded_piece)
            data += unquote_to_bytes(coded_piece)
        elif plain is not None:
            data += plain
        elif i == 0:
            return None
        else:
            break
    return decode_bytes(data, charset)


def _charset_and_rest(value: bytes) -> tuple[str, bytes]:
    pieces = value.split(b"'", 2)
    if len(pieces) < 3:
        return "", value
    return pieces[0].decode("ascii", "replace"), pieces[2]


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Yield name and mailbox of each address; a comment is the name where there is no other."""
    name = mailbox = comment = ""
    depth, angled, count = 0, False, 0
    for piece in [*_TOKEN.findall(text), ","]:
        if depth or piece == "(":
            depth += {"(": 1, ")": -1}.get(piece, 0)
            comment += piece
        elif piece == "<":
            angled, mailbox = True, ""
        elif piece == ">":
            angled = False
        elif angled:
            mailbox += piece
        elif piece == ":":
            name = ""
        elif piece in {",", ";"}:
            yield (name, mailbox) if mailbox else (comment.strip("() "), name)
            name = mailbox = comment = ""
            count += 1
            if count >= MAX_ADDRESSES:
                return
        else:
            name += piece
    if depth or angled:
        yield (name, mailbox) if mailbox else ("", name)


def _address(name: str, mailbox: str) -> Address:
    bare = name.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        bare = _ESCAPED.sub(r"\1", bare[1:-1])
    return Address(decode_header(bare), "".join(clean_text(mailbox).split()))
