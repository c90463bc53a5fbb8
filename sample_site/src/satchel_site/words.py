"""How numbers and people are written on a page."""

import hashlib
from typing import Protocol

UNITS = ("bytes", "KB", "MB", "GB", "TB")


class Person(Protocol):
    """Somebody with a mailbox, perhaps with a name."""

    @property
    def name(self) -> str: ...

    @property
    def mailbox(self) -> str: ...


def size(count: int) -> str:
    """Write a number of bytes as people read it: ``1.4 MB``."""
    if count == 1:
        return "1 byte"
    value, unit = float(count), 0
    while value >= 999.5 and unit < len(UNITS) - 1:
        value, unit = value / 1000, unit + 1
    digits = 1 if unit and value < 9.95 else 0
    return f"{value:.{digits}f} {UNITS[unit]}"


def initials(person: Person) -> str:
    """Give the one or two letters that stand for a person."""
    words = [word for word in person.name.split() if word[0].isalnum()]
    if len(words) > 1:
        return words[0][0] + words[-1][0]
    letters = [letter for letter in (words[0] if words else person.mailbox) if letter.isalnum()]
    return letters[0] if letters else "?"


def hue(person: Person) -> int:
    """Give a person one of eight colours, always the same one."""
    return hashlib.sha256(person.mailbox.lower().encode("utf-8", "replace")).digest()[0] % 8
