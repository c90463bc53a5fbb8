"""Secrets by reference: ``{ file = "..." }`` and ``{ env = "..." }`` where a text stands."""

from collections.abc import Mapping
from pathlib import Path

SECRET_WORDS = ("secret", "pass", "token", "dsn", "key", "credential")


class BrokenReference(Exception):
    """A secret is not where the settings say it is."""


def is_reference(value: object) -> bool:
    """Whether ``value`` is a table that only says where the text is."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return False
    kind, where = next(iter(value.items()))
    return kind in ("file", "env") and isinstance(where, str)


def follow(reference: Mapping[str, str], environ: Mapping[str, str]) -> str:
    """Return the text that the reference points to, without the line end of a file."""
    kind, where = next(iter(reference.items()))
    return environ_text(where, environ) if kind == "env" else file_text(where)


def environ_text(name: str, environ: Mapping[str, str]) -> str:
    """Return the text of an environment variable."""
    if name not in environ:
        raise BrokenReference(f"the variable {name} is not set")
    return environ[name]


def file_text(name: str) -> str:
    """Return the text of a file, without its last line end."""
    try:
        return Path(name).read_text("utf-8").removesuffix("\n").removesuffix("\r")
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise BrokenReference(f'the file "{name}" cannot be read: {reason}') from error
    except (UnicodeDecodeError, ValueError) as error:
        raise BrokenReference(f'the file "{name}" is not text') from error


def is_secret(name: str, value: object) -> bool:
    """Whether the value may not be repeated in a message."""
    listed = value if isinstance(value, list) else [value]
    return any(map(is_reference, listed)) or any(word in name for word in SECRET_WORDS)
