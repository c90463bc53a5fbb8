"""Gives every plugin its options, checked; finds what nobody reads."""

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from satchel.errors import Problem
from satchel.plugins.inventory import Inventory
from satchel.plugins.loader import Loaded, describe
from satchel.settings import Settings, Words
from satchel.settings.check import check
from satchel.settings.unknown import unknown
from satchel.settings.written import Key
from satchel_hookspecs.plugin import SHARED

WORDS = frozenset(one.name for one in dataclasses.fields(Words))
PRIVATE = frozenset({"secret", "smtp_pass"})
WELL_KNOWN = frozenset(
    {"temp_dir", "db_dsnw", "db_dsnr", "db_prefix", "memcache_hosts", "redis_hosts"}
)


@dataclass(frozen=True, slots=True)
class Configured:
    """The options of a plugin (``None`` when it has none to set), or what is wrong with them."""

    config: object
    problems: tuple[Problem, ...] = ()


def configure(plugin: Loaded, settings: Settings) -> Configured:
    """Make the plugin's ``Config`` of its table and of the shared words that it reads."""
    config = getattr(plugin.cls, "Config", None)
    known = option_keys(plugin)
    problems = list(_unknown_options(plugin.label, known, settings))
    if config is None:
        return Configured(None, tuple(problems))
    if not isinstance(config, type) or not dataclasses.is_dataclass(config):
        return Configured(None, (Problem(f'The Config of "{plugin.label}" is no dataclass.'),))
    taken = sorted(PRIVATE & {key[0] for key in known.values() if len(key) == 1})
    if taken:
        wrong = f'The plugin "{plugin.label}" wants to read "{taken[0]}", which is the host\'s own.'
        return Configured(None, (Problem(wrong),))
    try:
        checked = check(config, known, settings.written)
    except Exception as error:  # noqa: BLE001 # annotations that cannot be read raise anything
        wrong = f'The Config of "{plugin.label}" cannot be used: {describe(error)}.'
        return Configured(None, (Problem(wrong),))
    return Configured(checked.value, (*problems, *checked.problems))


def option_keys(plugin: Loaded) -> dict[str, Key]:
    """Where each field of the plugin's ``Config`` stands in the settings."""
    config: Any = getattr(plugin.cls, "Config", None)  # Any: the plugin's own class
    if not isinstance(config, type) or not dataclasses.is_dataclass(config):
        return {}
    return {
        one.name: (one.name,) if one.metadata.get(SHARED) else (plugin.label, one.name)
        for one in dataclasses.fields(config)
        if one.init
    }


def unread(
    settings: Settings, plugins: Iterable[Loaded], failed: Collection[str], inventory: Inventory
) -> tuple[list[Problem], list[Problem]]:
    """Find the top-level keys that nobody reads: errors, and mere warnings."""
    plugins = list(plugins)
    shared = {key[0] for one in plugins for key in option_keys(one).values() if len(key) == 1}
    known = WORDS | shared | {one.label for one in plugins} | set(failed)
    installed = {one.label for one in inventory.installed}
    problems, warnings = list[Problem](), list[Problem]()
    for name in settings.written.values:
        if name in known:
            continue
        if name in installed or name in WELL_KNOWN:
            place = settings.written.place((name,))
            warnings.append(Problem(f'No active plugin reads "{name}" in {place}.'))
        else:
            problems.append(unknown((name,), known | WELL_KNOWN, settings.written))
    return problems, warnings


def _unknown_options(label: str, known: Mapping[str, Key], settings: Settings) -> Iterator[Problem]:
    table = settings.written.get((label,))
    own = [name for name, key in known.items() if len(key) == 2]
    if table is not None and not isinstance(table, Mapping):
        yield Problem(
            f'"{label}" in {settings.written.place((label,))} is no table.',
            f"Its options stand under [{label}].",
        )
    for name in table if isinstance(table, Mapping) else ():
        if name not in own:
            yield _unknown_option(label, name, own, known, settings)


def _unknown_option(
    label: str, name: str, own: list[str], known: Mapping[str, Key], settings: Settings
) -> Problem:
    if name in known:
        place = settings.written.place((label, name))
        return Problem(
            f'"[{label}] {name}" in {place} stands in the wrong place.',
            f'Write "{name}" at the top, before the first table; every plugin reads it there.',
        )
    return unknown((label, name), own, settings.written)
