"""What the operator has written: the TOML file with the environment on top, unjudged."""

import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from satchel.errors import Problem

Key = tuple[str, ...]
PREFIX = "SATCHEL_"
NOT_SETTINGS = frozenset({"SATCHEL_CONFIG"})


@dataclass(frozen=True, slots=True)
class Written:
    """Nested tables as written; ``variables`` names the keys that came from the environment."""

    values: Mapping[str, object] = field(repr=False)
    source: str
    variables: Mapping[Key, str]
    environ: Mapping[str, str] = field(repr=False)

    def get(self, key: Key) -> object:
        """Return what stands at ``key``, ``None`` when nothing does; TOML has no null."""
        found: object = self.values
        for name in key:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found

    def place(self, key: Key) -> str:
        """Say where ``key`` was written."""
        variable = self.variables.get(key)
        return f"the variable {variable}" if variable else self.source

    def name(self, key: Key) -> str:
        """Name ``key`` as the operator would write it."""
        return key[0] if len(key) == 1 else f"[{'.'.join(key[:-1])}] {key[-1]}"


def written(
    values: Mapping[str, object], source: str, environ: Mapping[str, str]
) -> tuple[Written, list[Problem]]:
    """Lay the environment over ``values``: ``SATCHEL_KEY`` and ``SATCHEL__TABLE__KEY``."""
    merged, variables, problems = _copied(values), dict[Key, str](), list[Problem]()
    for variable in sorted(environ):
        if not variable.startswith(PREFIX) or variable in NOT_SETTINGS:
            continue
        key = _key(variable)
        if key is None:
            problems.append(_no_key(variable))
            continue
        _put(merged, key, environ[variable])
        variables[key] = variable
    return Written(merged, source, variables, environ), problems


def read_file(path: Path) -> tuple[dict[str, object], list[Problem]]:
    """Read the TOML file; what cannot be read is empty, with the problem."""
    try:
        return tomllib.loads(path.read_text("utf-8")), []
    except FileNotFoundError:
        problem = Problem(
            f'There is no settings file "{path}".', "Create it, or name another with --config."
        )
    except OSError as error:
        problem = Problem(
            f'The settings file "{path}" cannot be read: {error.strerror}.',
            "Let the user that runs satchel read it.",
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problem = Problem(f'The settings file "{path}" is not TOML: {error}.', "Correct it there.")
    return {}, [problem]


def is_world_readable(path: Path) -> bool:
    """Whether everybody on this machine may read the file."""
    try:
        return bool(path.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False


def _key(variable: str) -> Key | None:
    nested = variable.startswith(PREFIX + "_")
    rest = variable[len(PREFIX) :].lower()
    key = tuple(rest[1:].split("__")) if nested else (rest,)
    return key if all(key) else None


def _no_key(variable: str) -> Problem:
    return Problem(
        f"The variable {variable} names no setting.",
        "Write SATCHEL_KEY, or SATCHEL__TABLE__KEY for a key in a table.",
    )


def _copied(values: Mapping[str, object]) -> dict[str, object]:
    return {
        name: _copied(value) if isinstance(value, Mapping) else value
        for name, value in values.items()
    }


def _put(values: dict[str, object], key: Key, text: str) -> None:
    for name in key[:-1]:
        inner = values.get(name)
        if not isinstance(inner, dict):
            inner = values[name] = {}
        values = inner
    values[key[-1]] = text
