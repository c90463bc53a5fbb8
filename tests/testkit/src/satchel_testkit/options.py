"""The options of a store, as they would stand in ``satchel.toml``."""

import dataclasses
import tomllib
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

SHARED = "satchel_shared"

# Any: an option is whatever TOML can say.
Options = Mapping[str, Any]


class OptionError(ValueError):
    """An option that cannot be read, or that a plugin cannot be made with."""


def read_options(file: str | None, lines: Iterable[str]) -> Options:
    """The options of a TOML file, with those of ``NAME=VALUE`` lines in front."""
    options = tomllib.loads(Path(file).read_text()) if file else {}
    for line in lines:
        name, equals, value = line.partition("=")
        if not equals:
            raise OptionError(f"'{line}' is no option: write NAME=VALUE.")
        table, dot, last = name.strip().rpartition(".")
        place = options.setdefault(table, {}) if dot else options
        place[last] = _value(value.strip())
    return options


def merged(options: Options, over: Options) -> Options:
    """Both, and where both say something, what ``over`` says."""
    tables = {
        name: merged(options[name], value)
        for name, value in over.items()
        if isinstance(value, Mapping) and isinstance(options.get(name), Mapping)
    }
    return {**options, **over, **tables}


def filled(options: Options, folder: Path) -> Options:
    """The options with ``folder`` wherever they say ``{folder}``."""
    return {name: _filled(value, folder) for name, value in options.items()}


def make_config(plugin: type, label: str, options: Options) -> object:
    """The plugin's ``Config``: shared fields from the top, its own from the table ``label``."""
    config: Any = getattr(plugin, "Config", None)  # Any: the plugin's own class
    if config is None:
        return None
    hints = typing.get_type_hints(config)
    given = {}
    for field in dataclasses.fields(config):
        place = options if field.metadata.get(SHARED) else options.get(label, {})
        if field.name in place:
            given[field.name] = _fitting(place[field.name], hints[field.name])
    try:
        return config(**given)
    except (TypeError, ValueError) as error:
        way_out = "give its options by --satchel-option NAME=VALUE, or from its harness"
        raise OptionError(f"{label} cannot be made of {given}: {error}; {way_out}.") from error


def _filled(value: Any, folder: Path) -> Any:  # Any: whatever TOML can say
    if isinstance(value, Mapping):
        return filled(value, folder)
    if isinstance(value, list):
        return [_filled(one, folder) for one in value]
    return value.replace("{folder}", str(folder)) if isinstance(value, str) else value


def _value(text: str) -> object:
    try:
        return tomllib.loads(f"it = {text}")["it"]
    except tomllib.TOMLDecodeError:
        return text


def _fitting(value: Any, hint: Any) -> Any:  # Any: an option, and whatever its field is annotated
    if hint in (Path, float) and isinstance(value, (str, int)):
        return hint(value)
    if typing.get_origin(hint) is tuple and isinstance(value, list):
        return tuple(value)
    return value
