"""JSON values: what a session and a record may hold."""

import json
from typing import TypeAlias

JSON: TypeAlias = bool | int | float | str | list["JSON"] | dict[str, "JSON"] | None


def text_of(value: object) -> str:
    """Return the one JSON text of this value; two values with equal texts are the same.

    What JSON does not carry there and back unchanged (tuples, numbers as names, NaN, bytes) is a
    ``TypeError``.
    """
    try:
        text = json.dumps(value, allow_nan=False, sort_keys=True, separators=(",", ":"))
        same = json.loads(text) == value
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeError(f"A {type(value).__name__} here cannot be kept as JSON: {error}") from error
    if not same:
        raise TypeError(f"A {type(value).__name__} here would not come back from JSON as it was.")
    return text


def copy_of(value: JSON) -> JSON:
    """Return a copy that shares nothing with the value."""
    if isinstance(value, dict):
        return {name: copy_of(item) for name, item in value.items()}
    if isinstance(value, list):
        return [copy_of(item) for item in value]
    return value


def copy_of_values(values: dict[str, JSON]) -> dict[str, JSON]:
    """Return a copy of named values that shares nothing with them."""
    return {name: copy_of(value) for name, value in values.items()}
