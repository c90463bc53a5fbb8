"""The inline styles that a received message may have: values that can neither load nor cover."""

import re
from collections.abc import Iterator

import tinycss2  # type: ignore[import-untyped]  # it ships no types

NAMES = """
background-color border border-bottom border-bottom-color border-bottom-style
border-bottom-width border-collapse border-color border-left border-left-color border-left-style
border-left-width border-radius border-right border-right-color border-right-style
border-right-width border-spacing border-style border-top border-top-color border-top-style
border-top-width border-width clear color direction display float font font-family font-size
font-style font-variant font-weight height letter-spacing line-height list-style-type margin
margin-bottom margin-left margin-right margin-top max-height max-width min-height min-width
padding padding-bottom padding-left padding-right padding-top table-layout text-align
text-decoration text-indent text-transform vertical-align white-space width word-break
word-spacing word-wrap overflow-wrap unicode-bidi
"""
PROPERTIES = frozenset(NAMES.split())
MAX_STYLE = 4096

WORD = r"[a-z0-9#%.+_\-]+"
COLOUR = r"rgba?\([0-9.,%/ ]+\)"
NAME = r"\"[a-z0-9 _\-]+\"|'[a-z0-9 _\-]+'"
ITEM = rf"(?:{COLOUR}|{NAME}|{WORD})"
VALUE = re.compile(rf"{ITEM}(?:(?: |, ?|/){ITEM})*", re.IGNORECASE)
NEGATIVE_MARGIN = re.compile(r"(?:^|[\s])-")


def clean_style(style: str) -> str:
    """Return the declarations that are harmless, written canonically; none leaves an empty text."""
    return ";".join(_safe_declarations(style[:MAX_STYLE]))


def _safe_declarations(style: str) -> Iterator[str]:
    nodes = tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True)
    for node in nodes:
        if node.type != "declaration" or node.lower_name not in PROPERTIES:
            continue
        value = " ".join(tinycss2.serialize(node.value).split())
        if VALUE.fullmatch(value) and not _moves_away(node.lower_name, value):
            yield f"{node.lower_name}:{value}"


def _moves_away(name: str, value: str) -> bool:
    """Say whether the value would pull a thing out of its place."""
    return name.startswith("margin") and NEGATIVE_MARGIN.search(value) is not None
