"""A JSON Schema of all settings, so that an editor can help while they are written."""

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter

from satchel.plugins.configure import option_keys
from satchel.plugins.loader import Loaded
from satchel.settings import Words

REFERENCE = {
    "type": "object",
    "properties": {"file": {"type": "string"}, "env": {"type": "string"}},
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
}
OUTSIDE = frozenset({"title", "description", "default"})
Schema = dict[str, Any]  # Any: JSON


def settings_schema(plugins: Iterable[Loaded]) -> Schema:
    """Describe the file: the host's words, and what each of these plugins reads."""
    schema = TypeAdapter(Words).json_schema()
    definitions = schema.setdefault("$defs", {})
    definitions["reference"] = REFERENCE
    for plugin in plugins:
        config = getattr(plugin.cls, "Config", None)
        if isinstance(config, type):
            _add(schema, plugin, TypeAdapter(config).json_schema())
    schema["title"], schema["additionalProperties"] = "satchel.toml", False
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["properties"] = {k: _or_reference(v) for k, v in schema["properties"].items()}
    return schema


def _add(schema: Schema, plugin: Loaded, described: Schema) -> None:
    table: Schema = {"type": "object", "properties": {}, "additionalProperties": False}
    schema["$defs"] |= described.get("$defs", {})
    for name, key in option_keys(plugin).items():
        one = described["properties"][name]
        if len(key) == 1:
            schema["properties"].setdefault(name, one)
        else:
            table["properties"][name] = _or_reference(one)
    if table["properties"]:
        schema["properties"][plugin.label] = table


def _or_reference(one: Schema) -> Schema:
    """A text may also stand in a file or in a variable."""
    if "string" not in (one.get("type"), *(other.get("type") for other in one.get("anyOf", ()))):
        return one
    kept = {name: value for name, value in one.items() if name in OUTSIDE}
    inner = {name: value for name, value in one.items() if name not in OUTSIDE}
    return {**kept, "anyOf": [inner, {"$ref": "#/$defs/reference"}]}
