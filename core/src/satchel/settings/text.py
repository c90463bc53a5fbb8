"""Turns what was written into the types that a setting has: references and variables are text."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast, get_type_hints

from pydantic import TypeAdapter, ValidationError

from satchel.settings.reference import follow, is_reference
from satchel.settings.unknown import described_by
from satchel.settings.written import Key, Written

TRUE = frozenset({"true", "yes", "on", "1"})
FALSE = frozenset({"false", "no", "off", "0"})


def typed(raw: object, hint: object, key: Key, written: Written) -> object:
    """Follow the references in ``raw`` and give text the type that ``hint`` asks for."""
    inner = described_by(hint)
    if isinstance(raw, Mapping) and inner is not None:
        hints = get_type_hints(inner, include_extras=True)
        return {
            name: typed(value, hints.get(name, object), (*key, name), written)
            for name, value in raw.items()
        }
    if is_reference(raw):
        reference = cast(Mapping[str, str], raw)  # is_reference has looked
        return from_text(follow(reference, written.environ), hint)
    if isinstance(raw, list):
        return [typed(one, object, key, written) for one in raw]
    if isinstance(raw, str) and key in written.variables:
        return from_text(raw, hint)
    return raw


def from_text(text: str, hint: object) -> object:
    """Read ``text`` as the first of its readings that ``hint`` accepts; else leave it text."""
    adapter = TypeAdapter[Any](cast(Any, hint))  # Any: the type is the plugin's
    for reading in _readings(text):
        try:
            adapter.validate_json(json.dumps(reading), strict=True)
        except ValidationError:
            continue
        return reading
    return text


def _readings(text: str) -> Iterator[object]:
    stripped, parsed = text.strip(), _json(text)
    if isinstance(parsed, list | dict):
        yield parsed
    yield text
    if isinstance(parsed, int | float) and not isinstance(parsed, bool):
        yield parsed
    if stripped.lower() in TRUE | FALSE:
        yield stripped.lower() in TRUE
    yield [part.strip() for part in stripped.split(",") if part.strip()]


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
