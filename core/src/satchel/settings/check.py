"""Checks what was written against a dataclass; finds all that is wrong at once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar, get_type_hints

from pydantic import TypeAdapter, ValidationError

from satchel.errors import Problem
from satchel.settings.reference import BrokenReference
from satchel.settings.sentences import broken, refused
from satchel.settings.text import typed
from satchel.settings.unknown import unknown_inside
from satchel.settings.written import Key, Written

Config = TypeVar("Config")


@dataclass(frozen=True, slots=True)
class Checked(Generic[Config]):
    """``value`` is ``None`` when there are problems; ``faulty`` names the fields they are in."""

    value: Config | None
    problems: tuple[Problem, ...] = ()
    faulty: frozenset[str] = frozenset()


def check(config: type[Config], keys: Mapping[str, Key], written: Written) -> Checked[Config]:
    """Make a ``config`` of what is written; ``keys`` says where each of its fields stands."""
    hints = get_type_hints(config, include_extras=True)
    given, problems = dict[str, object](), dict[Key, Problem]()
    for name, key in keys.items():
        raw = written.get(key)
        if raw is None:
            continue
        problems |= unknown_inside(hints[name], key, raw, written)
        try:
            given[name] = typed(raw, hints[name], key, written)
        except BrokenReference as error:
            problems[key] = broken(key, error, written)
    value, wrong = _validated(config, given, keys, written)
    problems = wrong | problems
    faulty = {name for name, key in keys.items() for at in problems if at[: len(key)] == key}
    return Checked(None if problems else value, tuple(problems.values()), frozenset(faulty))


def _validated(
    config: type[Config], given: Mapping[str, object], keys: Mapping[str, Key], written: Written
) -> tuple[Config | None, dict[Key, Problem]]:
    text = json.dumps(given, default=str)
    try:
        return TypeAdapter(config).validate_json(text, strict=True), {}
    except ValidationError as error:
        problems = dict[Key, Problem]()
        for one in error.errors(include_url=False):
            key = _located(one["loc"], keys, written)
            problems.setdefault(key, refused(one, key, written))
        return None, problems


def _located(loc: tuple[int | str, ...], keys: Mapping[str, Key], written: Written) -> Key:
    """The key that an error is about; pydantic adds indexes and names of union members."""
    if not loc:
        return ()
    key = keys[str(loc[0])]
    for part in loc[1:]:
        table = written.get(key)
        if not isinstance(part, str) or not isinstance(table, Mapping):
            break
        key = (*key, part)
    return key
