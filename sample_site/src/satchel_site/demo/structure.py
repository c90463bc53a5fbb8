"""What IMAP tells about a message without its text: ENVELOPE and BODYSTRUCTURE.

pymap decodes the words of a header before it answers, writes the date in another format than
the standard's, and a disposition as one string. A client that reads a real server would
stumble, so these answers are made from the header's own bytes.
"""

import re
from collections.abc import Iterable, Sequence
from email.utils import getaddresses

from pymap.mime import MessageContent
from pymap.parsing.primitives import List, Nil, Number, String
from pymap.parsing.response.fetch import BodyStructure, EnvelopeStructure

_PARAMETER = re.compile(rb';\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.DOTALL)
_PARSED = frozenset(("date", "subject", "from_", "sender", "reply_to", "to", "cc", "bcc"))

_Value = List | Nil | Number | String


class Envelope(EnvelopeStructure):
    """The envelope of a message, each field as the message has it."""

    def __init__(self, part: MessageContent) -> None:
        # Not the base's: it wants every field parsed, which takes most of a listing's time.
        self._part = part

    def __getattr__(self, name: str) -> object:
        """Parse a field that a search asks for; one that cannot be read is none."""
        if name not in _PARSED:
            raise AttributeError(name)
        try:
            return getattr(self._part.header.parsed, name)
        except Exception:  # noqa: BLE001  # the standard library's parser raises at hostile headers
            return None

    @property
    def _value(self) -> List:
        fields = {name: _unfold(bytes(raw)) for name, raw in reversed(self._part.header.folded)}
        sender = fields.get(b"from")
        return List(
            [
                _string(fields.get(b"date")),
                _string(fields.get(b"subject")),
                _addresses(sender),
                _addresses(fields.get(b"sender") or sender),
                _addresses(fields.get(b"reply-to") or sender),
                *(_addresses(fields.get(name)) for name in (b"to", b"cc", b"bcc")),
                _string(fields.get(b"in-reply-to")),
                _string(fields.get(b"message-id")),
            ]
        )


class Structure(BodyStructure):
    """The parts of a message, each with its type, size and disposition."""

    def __init__(self, part: MessageContent) -> None:
        # Not the base's: it wants every field parsed.
        self._part = part

    @property
    def _value(self) -> List:
        return _describe(self._part, extended=False)

    @property
    def extended(self) -> List:
        return _describe(self._part, extended=True)


def _describe(part: MessageContent, *, extended: bool) -> List:
    fields = {name: _unfold(bytes(raw)) for name, raw in reversed(part.header.folded)}
    if part.body.content_type.maintype == "multipart":
        return _describe_multipart(part, fields, extended=extended)
    kind = part.body.content_type
    values: list[_Value] = [
        String.build(kind.maintype),
        String.build(kind.subtype),
        _parameters(fields.get(b"content-type")),
        _string(fields.get(b"content-id")),
        _string(fields.get(b"content-description")),
        String.build(fields.get(b"content-transfer-encoding") or b"7bit"),
        Number(len(part.body)),
    ]
    if kind.content_type == "message/rfc822":
        inner = part.body.nested[0]
        values += [Envelope(inner)._value, _describe(inner, extended=extended)]
    if kind.maintype == "text" or kind.content_type == "message/rfc822":
        values.append(Number(part.body.lines))
    return List([*values, Nil(), *_extension(fields)] if extended else values)


def _describe_multipart(
    part: MessageContent, fields: dict[bytes, bytes], *, extended: bool
) -> List:
    nested = b"".join(bytes(_describe(inner, extended=extended)) for inner in part.body.nested)
    values: list[bytes | _Value] = [nested, String.build(part.body.content_type.subtype)]
    if extended:
        values += [_parameters(fields.get(b"content-type")), *_extension(fields)]
    return List(values)


def _extension(fields: dict[bytes, bytes]) -> Sequence[_Value]:
    disposition = fields.get(b"content-disposition", b"")
    name = disposition.partition(b";")[0].strip()
    return (
        List([String.build(name), _parameters(disposition)]) if name else Nil(),
        _string(fields.get(b"content-language")),
        _string(fields.get(b"content-location")),
    )


def _parameters(value: bytes | None) -> List | Nil:
    found = [
        String.build(word)
        for match in _PARAMETER.finditer(value or b"")
        for word in (match[1], _unquote(match[2].strip()))
    ]
    return List(found) if found else Nil()


def _addresses(value: bytes | None) -> List | Nil:
    if not value:
        return Nil()
    pairs = getaddresses([value.decode("utf-8", "surrogateescape")])
    found = [_address(name, address) for name, address in pairs if name or address]
    return List(found) if found else Nil()


def _address(name: str, address: str) -> List:
    local, _, host = address.rpartition("@")
    return List([_words(name), Nil(), _words(local or host), _words(host if local else "")])


def _words(text: str) -> String | Nil:
    return _string(text.encode("utf-8", "surrogateescape"))


def _string(value: bytes | None) -> String | Nil:
    return String.build(value) if value else Nil()


def _unquote(value: bytes) -> bytes:
    if not value.startswith(b'"'):
        return value
    return re.sub(rb"\\(.)", rb"\1", value[1:-1], flags=re.DOTALL)


def _unfold(raw: bytes) -> bytes:
    lines: Iterable[bytes] = raw.partition(b":")[2].splitlines()
    return b"".join(lines).strip()
