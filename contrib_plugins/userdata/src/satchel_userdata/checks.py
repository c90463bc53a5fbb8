"""What may be kept: text without what cannot be seen, addresses, names of settings."""

import re
import unicodedata

from satchel_hookspecs import Rejected

LINE = 255
_OWNER = re.compile(r"[A-Za-z0-9_-]{1,128}")
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_ADDRESS = re.compile(
    r'(?:[^\s<>()\[\],;:\\"@]+|"(?:[^"\\\r\n]|\\[^\r\n])+")@(?:[^\s<>()\[\],;:\\"@]+|\[[\w:.]+\])'
)
_TURNS_AROUND = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def owner(value: str) -> str:
    """The owner, if it is a name as the host gives it."""
    if not _OWNER.fullmatch(value):
        raise ValueError(f"{value!r} is no name of an owner.")
    return value


def key(value: str, what: str) -> str:
    """The name of a setting or a cached value: visible ASCII, without spaces."""
    if not _KEY.fullmatch(value):
        raise Rejected(f"The name of {what} has 1 to 200 letters of ASCII, without spaces.")
    return value


def line(value: str, what: str, most: int = LINE) -> str:
    """The text on one line, without what cannot be seen."""
    return _short_enough(" ".join(prose(value, what, 10 * most).split()), what, most)


def prose(value: str, what: str, most: int) -> str:
    """The text, which may have several lines, without what cannot be seen."""
    return _short_enough("".join(each for each in value if _is_kept(each)), what, most)


def address(value: str) -> str:
    """The address, if it is one."""
    value = value.strip()
    if len(value) > 320 or not _ADDRESS.fullmatch(value) or not all(map(_is_kept, value)):
        shown = line(value[:100], "address")
        raise Rejected(f'"{shown}" is no address: write it as name@example.org.')
    return value


def address_or_none(value: str) -> str:
    """The address, or nothing."""
    return address(value) if value.strip() else ""


def _is_kept(each: str) -> bool:
    if each in _TURNS_AROUND:
        return False
    return each in "\t\n" or unicodedata.category(each) not in ("Cc", "Cs")


def _short_enough(value: str, what: str, most: int) -> str:
    if len(value) > most:
        raise Rejected(f"The {what} may have at most {most} characters.")
    return value
