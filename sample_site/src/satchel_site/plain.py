"""Plain text as it is shown: escaped first, then links, then quoted text folded away."""

import re
from itertools import groupby

from markupsafe import Markup, escape

MAX_PLAIN = 1_000_000
MAX_FOLDS = 8
LINK = re.compile(r"\bhttps?://[^\s<>\"]{1,2000}", re.IGNORECASE)
TRAILING = ".,;:!?'*_"


def show_plain(text: str) -> Markup:
    """Return the text as harmless markup; runs of quoted lines become folded quotes."""
    lines = text[:MAX_PLAIN].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _fold(lines, depth=0)


def _fold(lines: list[str], depth: int) -> Markup:
    if depth == MAX_FOLDS:
        return _lines(lines)
    return Markup("").join(
        _quote(list(group), depth) if quoted else _lines(list(group))
        for quoted, group in groupby(lines, key=_is_quoted)
    )


def _is_quoted(line: str) -> bool:
    return line.startswith(">")


def _lines(lines: list[str]) -> Markup:
    return Markup("").join(link(line) + "\n" for line in lines)


def _quote(lines: list[str], depth: int) -> Markup:
    inner = _fold([line[1:].removeprefix(" ") for line in lines], depth + 1)
    count = f"{len(lines)} quoted line{'s' if len(lines) > 1 else ''}"
    return (
        Markup('<details class="quote"><summary>{}</summary><blockquote>{}</blockquote></details>')
    ).format(count, inner)


def link(line: str) -> Markup:
    """Escape a line and make its web addresses links."""
    pieces, at = [], 0
    for match in LINK.finditer(line):
        url = _without_trailing(match[0])
        pieces += [escape(line[at : match.start()]), _anchor(url)]
        at = match.start() + len(url)
    return Markup("").join([*pieces, escape(line[at:])])


def _anchor(url: str) -> Markup:
    return Markup('<a href="{0}" target="_blank" rel="noopener noreferrer">{0}</a>').format(url)


def _without_trailing(url: str) -> str:
    url = url.rstrip(TRAILING)
    while url.endswith(")") and url.count(")") > url.count("("):
        url = url[:-1].rstrip(TRAILING)
    return url
