"""A message as IMAP sees it: header, body, parts within parts.

pymap's own reader keeps a tuple for every line, which is 300 MB and some seconds for a mail
with an attachment of 100 MB, and does so again for every fetch. It also counts a part's header
into the part's size, and gives the line break in front of a boundary to the part. This reader
finds the boundaries only, and hands pymap the objects that it knows how to answer from.
"""

import re
from collections.abc import Sequence
from email.headerregistry import ContentTypeHeader

from pymap.mime import MessageBody, MessageContent, MessageHeader

_BLANK = re.compile(rb"\r?\n\r?\n")
_DEEPEST = 60


class Body(MessageBody):
    """A body that knows where it lies, and how many lines it has."""

    __slots__ = ["_count", "_whole"]

    def __init__(
        self, raw: memoryview, lines: int, kind: ContentTypeHeader, nested: Sequence["Part"]
    ) -> None:
        super().__init__(b"", [], kind, nested)
        self._raw = raw
        self._count = lines
        self._whole: bytes | None = None

    @property
    def lines(self) -> int:
        return self._count

    def __bytes__(self) -> bytes:
        # A download asks for the same body hundreds of times, 256 KiB each.
        if self._whole is None:
            self._whole = bytes(self._raw)
        return self._whole


class Part(MessageContent):
    """A message, or a part of one, header and body."""

    __slots__ = ["_all"]

    def __init__(self, whole: bytes, header: MessageHeader, body: Body) -> None:
        super().__init__(b"", header, body)
        self._all = whole

    def __len__(self) -> int:
        return len(self.header) + len(self.body)

    def __bytes__(self) -> bytes:
        return self._all or bytes(self.header) + bytes(self.body)


def read_message(content: bytes) -> Part:
    """Read a message; whatever its bytes are, there is an answer."""
    return _read_part(content, 0, len(content), 0, whole=content)


def _read_part(data: bytes, start: int, stop: int, depth: int, whole: bytes = b"") -> Part:
    inside = _body_start(data, start, stop)
    header = _read_header(data[start:inside])
    kind = _content_type(header, depth)
    nested = _read_nested(data, inside, stop, kind, depth + 1)
    lines = data.count(b"\n", inside, stop)
    return Part(whole, header, Body(memoryview(data)[inside:stop], lines, kind, nested))


def _body_start(data: bytes, start: int, stop: int) -> int:
    for empty in (b"\r\n", b"\n"):
        if data.startswith(empty, start, stop):
            return start + len(empty)
    blank = _BLANK.search(data, start, stop)
    return blank.end() if blank else stop


def _read_header(raw: bytes) -> MessageHeader:
    return MessageHeader._parse(raw, memoryview(raw), MessageContent._find_lines(raw))


def _content_type(header: MessageHeader, depth: int) -> ContentTypeHeader:
    try:
        kind = header.parsed.content_type
    except Exception:  # noqa: BLE001  # the standard library's parser raises at some hostile headers
        kind = None
    if kind is None or (depth >= _DEEPEST and kind.maintype in ("multipart", "message")):
        return MessageBody._parse_content_type("text/plain")
    return kind


def _read_nested(
    data: bytes, start: int, stop: int, kind: ContentTypeHeader, depth: int
) -> list[Part]:
    if kind.content_type == "message/rfc822":
        return [_read_part(data, start, stop, depth)]
    if kind.maintype != "multipart":
        return []
    boundary = str(kind.params.get("boundary", "")).encode("utf-8", "surrogateescape")
    spans = _split(data, start, stop, b"--" + boundary) if boundary else []
    return [_read_part(data, *span, depth) for span in spans or [(stop, stop)]]


def _split(data: bytes, start: int, stop: int, mark: bytes) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    opened = -1
    at = data.find(mark, start, stop)
    while at >= 0:
        end = data.find(b"\n", at, stop) + 1 or stop
        rest = data[at + len(mark) : end].rstrip()
        if (at == start or data[at - 1] == 0x0A) and rest in (b"", b"--"):
            if opened >= 0:
                spans.append((opened, max(opened, _before_break(data, at))))
            if rest:
                return spans
            opened = end
        at = data.find(mark, at + len(mark), stop)
    return [*spans, (opened, stop)] if opened >= 0 else spans


def _before_break(data: bytes, at: int) -> int:
    return at - 2 if data[at - 2 : at] == b"\r\n" else at - 1
