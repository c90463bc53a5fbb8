"""Keys that nobody knows, with the name that was perhaps meant."""

import dataclasses
import difflib
from collections.abc import Iterable, Mapping
from typing import get_args, get_type_hints

from satchel.errors import Problem
from satchel.settings.written import Key, Written


def unknown(key: Key, known: Iterable[str], written: Written) -> Problem:
    """The problem of a key that nobody knows, with a close match if there is one."""
    summary = f'"{written.name(key)}" in {written.place(key)} is not a setting.'
    return Problem(summary, meant(key[-1], known) or "Delete it, or see: satchel config schema")


def meant(name: str, known: Iterable[str]) -> str:
    """Ask whether the nearest of the known names was meant; empty when none is near."""
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return f'Did you mean "{close[0]}"?' if close else ""


def unknown_inside(hint: object, key: Key, raw: object, written: Written) -> dict[Key, Problem]:
    """Find the unknown keys of a table that a dataclass describes, however deep."""
    inner = described_by(hint)
    if inner is None or not isinstance(raw, Mapping):
        return {}
    hints, problems = get_type_hints(inner, include_extras=True), dict[Key, Problem]()
    for name, value in raw.items():
        if name in hints:
            problems |= unknown_inside(hints[name], (*key, name), value, written)
        else:
            problems[*key, name] = unknown((*key, name), hints, written)
    return problems


def described_by(hint: object) -> type | None:
    """Return the dataclass that the annotation names, through ``Annotated`` and unions."""
    if isinstance(hint, type):
        return hint if dataclasses.is_dataclass(hint) else None
    return next((found for found in map(described_by, get_args(hint)) if found), None)
