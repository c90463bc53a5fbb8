"""How numbers, times and people are written on a page."""

import hashlib
from datetime import UTC, datetime, timedelta
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


def briefly(moment: datetime, now: datetime | None = None) -> str:
    """Write a time as short as it can be understood: an hour, a weekday or a date."""
    now = now or datetime.now(UTC)
    moment = moment.astimezone(UTC)
    if moment.date() == now.date():
        return f"{moment:%H:%M}"
    if timedelta(0) < now - moment < timedelta(days=6):
        return f"{moment:%a}"
    if moment.year == now.year:
        return f"{moment.day} {moment:%b}"
    return f"{moment.day} {moment:%b %Y}"


def plainly(moment: datetime) -> str:
    """Write a time with its day and date."""
    moment = moment.astimezone(UTC)
    return f"{moment:%a} {moment.day} {moment:%b %Y, %H:%M}"


def fully(moment: datetime) -> str:
    """Write a time with everything it has."""
    zone = moment.strftime("%z")
    named = f"UTC{zone[:3]}:{zone[3:5]}" if zone and zone != "+0000" else "UTC"
    return f"{moment:%A}, {moment.day} {moment:%B %Y, %H:%M} {named}"


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
