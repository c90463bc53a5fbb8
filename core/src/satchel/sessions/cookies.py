"""Cookies: how they are named, written and read, so that no other site can slip one in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cookie:
    """What to tell the browser; an empty value deletes the cookie, no age ends with the browser."""

    value: str = field(repr=False)
    max_age: int | None = None


def is_name(text: str) -> bool:
    """Whether a cookie may have this name."""
    return _NAME.fullmatch(text) is not None


def name_of(name: str, *, https: bool) -> str:
    """Return the cookie's name; over https its prefix keeps it to this very host."""
    return f"__Host-{name}" if https else name


def line_of(name: str, cookie: Cookie, *, https: bool) -> str:
    """Return the ``Set-Cookie`` line."""
    parts = [f"{name_of(name, https=https)}={cookie.value}", "Path=/", "HttpOnly", "SameSite=Lax"]
    if cookie.max_age is not None:
        parts.append(f"Max-Age={cookie.max_age}")
    if https:
        parts.append("Secure")
    return "; ".join(parts)


def value_of(name: str, lines: Sequence[str]) -> str:
    """Return the one cookie of this name in the ``Cookie`` lines.

    Two of a name mean that somebody else set one of them, so neither is believed.
    """
    pairs = (pair.partition("=") for line in lines for pair in line.split(";"))
    found = [value.strip() for key, _, value in pairs if key.strip() == name]
    return found[0] if len(found) == 1 else ""
