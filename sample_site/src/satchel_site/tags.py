"""Hostile HTML made well-formed: known tags only, properly nested, never deeper than a cap."""

import html
import re
from collections.abc import Iterator

MAX_DEPTH = 200

VOID = frozenset({"br", "col", "hr", "img", "wbr"})
BLOCKS_NAMES = """
address article aside blockquote center dd details div dl dt figcaption figure footer h1 h2 h3
h4 h5 h6 header hr li main nav ol p pre section summary table ul
"""
BLOCKS = frozenset(BLOCKS_NAMES.split())
INLINE_NAMES = """
a abbr b big cite code del dfn em font i ins kbd mark q s samp small span strike strong sub sup
tt u var
"""
INLINE = frozenset(INLINE_NAMES.split())
TABLE_NAMES = """
caption col colgroup tbody td tfoot th thead tr
"""
TABLE = frozenset(TABLE_NAMES.split())
WALLS = frozenset({"caption", "table", "td", "th"})
ALLOWED = BLOCKS | INLINE | TABLE | VOID

# The content of these is not text for a reader: it is dropped together with the tags.
RAW_NAMES = """
iframe noembed noframes noscript plaintext script style textarea title xmp
"""
RAW = frozenset(RAW_NAMES.split())
OPAQUE = RAW | frozenset({"applet", "frameset", "math", "object", "select", "svg", "template"})

# An opening tag ends these when they are the innermost open ones, as a browser would do.
ENDS = {
    "li": frozenset({"li", "p"}),
    "dt": frozenset({"dt", "dd", "p"}),
    "dd": frozenset({"dt", "dd", "p"}),
    "tr": frozenset({"tr", "td", "th", "p"}),
    "td": frozenset({"td", "th", "p"}),
    "th": frozenset({"td", "th", "p"}),
}
# A parser never nests these in themselves: the one that is open ends first.
ALONE = frozenset({"a"})
SECTION_ENDS = frozenset({"thead", "tbody", "tfoot", "tr", "td", "th", "p", "colgroup", "caption"})
for name in ("thead", "tbody", "tfoot"):
    ENDS[name] = SECTION_ENDS
for name in BLOCKS - ENDS.keys():
    ENDS[name] = frozenset({"p"})

TOKEN = re.compile(
    r"<!--(?:>|->|.*?(?:--!?>|\Z))"
    r"|<[!?].*?(?:>|\Z)"
    r"|</(?![a-zA-Z]).*?(?:>|\Z)"
    r"|<(?P<slash>/?)(?P<name>[a-zA-Z][^\s/>]*)"
    r"|(?P<text>[^<]+|<)",
    re.DOTALL,
)
ATTRIBUTE = re.compile(
    r"[\s/]*(?:(?P<end>>)|(?P<name>[^\s/>][^\s/>=]*)"
    r"(?:\s*=\s*(?:\"(?P<double>[^\"]*)(?:\"|\Z)|'(?P<single>[^']*)(?:'|\Z)|(?P<bare>[^\s>\"'][^\s>]*)?))?"
    r"|\Z)"
)


def tidy(source: str) -> str:
    """Write the HTML anew, so that every parser reads the same tree from it.

    Comments, unknown tags and opaque elements are gone, text and attributes are escaped, every
    element is closed, and no tag is nested deeper than the cap. It takes linear time.
    """
    return "".join(_Writer(source).pieces())


class _Writer:
    """One pass over a document, with the stack of what is open."""

    def __init__(self, source: str) -> None:
        self._source = source.replace("\0", "")
        self._at = 0
        self._open: list[str] = []
        self._endless: set[str] = set()

    def pieces(self) -> Iterator[str]:
        """Yield the new document piece by piece."""
        while match := TOKEN.match(self._source, self._at):
            self._at = match.end()
            if match["text"]:
                yield html.escape(html.unescape(match["text"]), quote=False)
            elif match["name"]:
                yield from self._tag(match["name"].lower(), closes=bool(match["slash"]))
        yield from self._close_from(0)

    def _tag(self, name: str, *, closes: bool) -> Iterator[str]:
        attributes = self._attributes()
        if name in OPAQUE and not closes:
            self._skip_past(name)
        if name not in ALLOWED:
            return
        if closes:
            yield from self._close(name)
            return
        yield from self._close(name) if name in ALONE else self._end_implied(name)
        if len(self._open) >= MAX_DEPTH or not self._may_stand_here(name):
            return
        yield f"<{name}{attributes}>"
        if name == "pre":
            yield "\n"  # the parser swallows this one instead of a line of the text
        if name not in VOID:
            self._open.append(name)

    def _attributes(self) -> str:
        """Read up to the end of the tag; the first of two equal names counts."""
        found: dict[str, str] = {}
        while match := ATTRIBUTE.match(self._source, self._at):
            self._at = match.end()
            if match["name"] is None:
                break
            value = match["double"] or match["single"] or match["bare"] or ""
            if match["name"].isascii():
                found.setdefault(match["name"].lower(), html.unescape(value))
        return "".join(
            f' {name}="{html.escape(value)}"' for name, value in found.items() if name.isalnum()
        )

    def _skip_past(self, name: str) -> None:
        """Go on after the element's end; without one, raw text lasts to the end of it all."""
        end = re.compile(rf"</{name}(?=[\s/>])[^>]*(?:>|\Z)", re.IGNORECASE)
        match = None if name in self._endless else end.search(self._source, self._at)
        if match:
            self._at = match.end()
        elif name in RAW:
            self._at = len(self._source)
        else:
            self._endless.add(name)

    def _may_stand_here(self, name: str) -> bool:
        """Whether it may begin here: between cells a parser moves it in front of the table.

        There it may meet what it must not be nested in, and the next parser reads another tree.
        """
        around = self._scope()
        return name in TABLE or name in VOID or not around or self._open[around - 1] != "table"

    def _scope(self) -> int:
        """How many of the open elements a closing tag cannot reach, up to a cell or a table."""
        inside = (
            depth for depth in range(len(self._open), 0, -1) if self._open[depth - 1] in WALLS
        )
        return next(inside, 0)

    def _end_implied(self, name: str) -> Iterator[str]:
        ends = ENDS.get(name, frozenset())
        while self._open and self._open[-1] in ends:
            yield f"</{self._open.pop()}>"

    def _close(self, name: str) -> Iterator[str]:
        within = 0 if name in TABLE or name == "table" else self._scope()
        if name in VOID or name not in self._open[within:]:
            return
        yield from self._close_from(len(self._open) - 1 - self._open[::-1].index(name))

    def _close_from(self, depth: int) -> Iterator[str]:
        while len(self._open) > depth:
            yield f"</{self._open.pop()}>"
