"""The shape of a received message: what to show of it and what is attached."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from satchel.mail.received import read_filename

MAX_DEPTH = 50
MAX_PARTS = 1000

_TOKEN = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}")


@dataclass(frozen=True, slots=True)
class ReceivedPart:
    """One leaf of a message.

    `section` is the number that IMAP knows it by, `filename` may be empty, and `coded_size` is
    how long it is in transfer, before `encoding` is undone.
    """

    section: str
    content_type: str
    charset: str
    encoding: str
    coded_size: int
    filename: str
    content_id: str
    is_attachment: bool
    is_related: bool

    @property
    def about_size(self) -> int:
        """About how many bytes the file has."""
        return self.coded_size * 57 // 78 if self.encoding == "base64" else self.coded_size


@dataclass(frozen=True, slots=True)
class Structure:
    """The leaves of a message in order; `is_cut` if there were more than anybody reads."""

    parts: tuple[ReceivedPart, ...]
    is_cut: bool = False

    @property
    def text(self) -> ReceivedPart | None:
        """The plain text to show."""
        return self._first("text/plain")

    @property
    def html(self) -> ReceivedPart | None:
        """The HTML to show."""
        return self._first("text/html")

    @property
    def inline(self) -> tuple[ReceivedPart, ...]:
        """The parts that the HTML may refer to by their content id."""
        if self.html is None:
            return ()
        return tuple(p for p in self._others() if p.is_related and p.content_id)

    @property
    def attachments(self) -> tuple[ReceivedPart, ...]:
        """All other parts, so that no byte of the message is out of reach."""
        inline = self.inline
        return tuple(p for p in self._others() if p not in inline)

    @property
    def has_attachments(self) -> bool:
        """Whether a list should show a paper clip."""
        return any(p.is_attachment or p.filename for p in self.attachments)

    def _first(self, content_type: str) -> ReceivedPart | None:
        shown = (p for p in self.parts if p.content_type == content_type and not p.is_attachment)
        return next(shown, None)

    def _others(self) -> Iterator[ReceivedPart]:
        shown = (self.text, self.html)
        return (part for part in self.parts if part not in shown)


def read_structure(body: object) -> Structure:
    """Return the leaves of a BODYSTRUCTURE as IMAPClient parsed it, whatever it holds."""
    parts: list[ReceivedPart] = []
    is_cut = False
    for leaf in _leaves(body, "", 0, False):
        if leaf is None or len(parts) == MAX_PARTS:
            is_cut = True
            break
        parts.append(leaf)
    return Structure(tuple(parts), is_cut)


def _leaves(
    body: object, section: str, depth: int, is_related: bool
) -> Iterator[ReceivedPart | None]:
    if depth > MAX_DEPTH or not isinstance(body, tuple) or not body:
        yield None
        return
    if not isinstance(body[0], list):
        yield _leaf(body, section or "1", is_related)
        return
    in_related = is_related or _text(_item(body, 1)) == "related"
    for number, child in enumerate(body[0], 1):
        inner = f"{section}.{number}" if section else str(number)
        yield from _leaves(child, inner, depth + 1, in_related)


def _leaf(body: Sequence[object], section: str, is_related: bool) -> ReceivedPart:
    main, sub = _text(_item(body, 0)), _text(_item(body, 1))
    is_type = _TOKEN.fullmatch(main) and _TOKEN.fullmatch(sub)
    parameters = _parameters(_item(body, 2))
    disposition, fields = _disposition(body, main, sub)
    filename = read_filename(fields, "filename") or read_filename(parameters, "name")
    size = _item(body, 6)
    return ReceivedPart(
        section=section,
        content_type=f"{main}/{sub}" if is_type else "application/octet-stream",
        charset=parameters.get("charset", b"").decode("ascii", "replace"),
        encoding=_text(_item(body, 5)),
        coded_size=size if isinstance(size, int) and size > 0 else 0,
        filename=filename,
        content_id=_text(_item(body, 3), lower=False).strip("<> "),
        is_attachment=disposition == "attachment" or (main == "text" and bool(filename)),
        is_related=is_related,
    )


def _disposition(body: Sequence[object], main: str, sub: str) -> tuple[str, Mapping[str, bytes]]:
    """Return the disposition; where it stands depends on the kind of part."""
    extra = {"text": 1}.get(main, 3 if (main, sub) == ("message", "rfc822") else 0)
    found = _item(body, 8 + extra)
    if isinstance(found, tuple) and len(found) == 2:
        return _text(found[0]), _parameters(found[1])
    return "", {}


def _parameters(items: object) -> dict[str, bytes]:
    if not isinstance(items, tuple):
        return {}
    pairs = zip(items[::2], items[1::2], strict=False)
    return {_text(key): _bytes(value) for key, value in pairs}


def _item(body: Sequence[object], index: int) -> object:
    return body[index] if index < len(body) else None


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else b"" if value is None else str(value).encode()


def _text(value: object, *, lower: bool = True) -> str:
    text = _bytes(value).decode("ascii", "replace").strip()
    return text.lower() if lower else text
