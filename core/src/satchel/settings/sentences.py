"""Says what is wrong with a setting in a sentence for the operator."""

import json
from typing import TYPE_CHECKING

from satchel.errors import Problem
from satchel.settings.reference import BrokenReference, is_secret
from satchel.settings.written import Key, Written

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

ALLOWED = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "string": "a text in quotes",
    "tuple": "a list",
    "list": "a list",
    "set": "a list",
    "dict": "a table",
    "dataclass": "a table",
    "path": "a path in quotes",
}
LENGTH = 60


def refused(error: "ErrorDetails", key: Key, written: Written) -> Problem:
    """The problem of a value that its setting does not allow."""
    if not key:
        return Problem(_capital(_reason(error)) + ".", f"Correct it in {written.source}.")
    if error["type"] == "missing":
        return Problem(f'"{written.name(key)}" is not set.', f"Set it in {written.source}.")
    place, value = written.place(key), _shown(key, written)
    summary = f'"{written.name(key)}" in {place} is {value}, but {_reason(error)}.'
    return Problem(summary, f"Correct it in {place}.")


def broken(key: Key, error: BrokenReference, written: Written) -> Problem:
    """The problem of a secret that is not where the settings say."""
    place = written.place(key)
    summary = f'"{written.name(key)}" in {place} refers to a secret, but {error}.'
    return Problem(summary, "Put the secret there, or correct the reference.")


def _reason(error: "ErrorDetails") -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind in ("value_error", "assertion_error"):
        return str(context["error"]).rstrip(".")
    allowed = ALLOWED.get(kind.removesuffix("_type").removesuffix("_parsing").split("_from_")[0])
    if allowed:
        return f"it must be {allowed}"
    if kind in ("literal_error", "enum"):
        return f"it must be {context['expected']}"
    words = error["msg"].removeprefix("Input should be ").removeprefix("Value should be ")
    return f"it must be {words}" if words != error["msg"] else _small(words)


def _shown(key: Key, written: Written) -> str:
    value = written.get(key)
    if is_secret(key[-1], value):
        return "a secret that is not shown"
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= LENGTH else text[: LENGTH - 1] + "…"


def _capital(text: str) -> str:
    """Begin a sentence; the name of a setting stays as the operator has to write it."""
    return text if "_" in text.partition(" ")[0] else text[:1].upper() + text[1:]


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
