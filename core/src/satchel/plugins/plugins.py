"""The plugins of a host: made, registered and ready to be started."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from satchel.errors import Problem, StartupError
from satchel.plugins.active import Active
from satchel.plugins.configure import configure, unread
from satchel.plugins.inventory import Inventory
from satchel.plugins.keys import plugin_keys
from satchel.plugins.loader import Loaded, describe, load_classes
from satchel.plugins.order import circle, start_order, with_required, without
from satchel.plugins.register import Registered, register
from satchel.plugins.relay import Hooks
from satchel.plugins.slots import PLATFORM
from satchel.plugins.wanted import (
    attachment_label,
    optional_labels,
    record_label,
    session_label,
    wanted_plugins,
)
from satchel.settings import Settings
from satchel_hookspecs import PluginContext

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The plugins that can be made, each with its options, and what is wrong with the others.

    ``must`` names those that the host cannot be without.
    """

    loaded: Mapping[str, Loaded]
    configs: Mapping[str, object]
    must: frozenset[str]
    problems: tuple[Problem, ...]
    skipped: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Plugins:
    """The plugins of a host, in the order in which they start.

    ``skipped`` says why optional ones are absent.
    """

    active: tuple[Active, ...]
    registered: Registered
    skipped: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    session_store: Active
    record_store: Active
    attachment_store: Active

    @property
    def is_on_platform(self) -> bool:
        """Whether the platform keeps the sessions, and no store of ours."""
        return PLATFORM in self.session_store.capabilities

    @property
    def has_record_store(self) -> bool:
        """Whether records are kept apart from the sessions."""
        return self.record_store is not self.session_store

    @property
    def hooks(self) -> Hooks:
        """Every hook of the host, as a callable."""
        return self.registered.hooks

    @property
    def records(self) -> Hooks:
        """The session hooks of the store that keeps the host's own records."""
        return self.registered.records


def assemble(settings: Settings, inventory: Inventory, clock: Clock = time.time) -> Plugins:
    """Load, configure, make and register what the settings ask for.

    Raises ``StartupError`` with all that is wrong, in the settings and in every plugin.
    """
    chosen = choose(settings, inventory)
    if chosen.problems:
        raise StartupError(chosen.problems)
    hooks = Hooks()
    active, problems, skipped = _make(chosen, settings, clock, hooks)
    if problems:
        raise StartupError(problems)
    registered = register(active, settings, hooks)
    by_label = {one.label: one for one in active}
    return Plugins(
        tuple(active),
        registered,
        (*chosen.skipped, *skipped),
        (*settings.warnings, *chosen.warnings),
        by_label[session_label(settings)],
        by_label[record_label(settings)],
        by_label[attachment_label(settings)],
    )


def choose(settings: Settings, inventory: Inventory) -> Chosen:
    """Load and configure; never raises for what plugins or operators do."""
    wanted, optional = wanted_plugins(settings), optional_labels(settings)
    written = settings.written
    classes = load_classes(wanted, inventory, settings.allow, lambda label: written.get((label,)))
    configured = {one.label: configure(one, settings) for one in classes.loaded.values()}
    faults: dict[str, tuple[Problem, ...]] = {
        label: (problem,) for label, problem in classes.failed.items()
    }
    faults |= {label: one.problems for label, one in configured.items() if one.problems}
    roots = [one.label for one in wanted if one.label not in optional]
    must = with_required(roots, classes.loaded)
    unknown, warnings = unread(settings, classes.loaded.values(), classes.failed, inventory)
    round_about = circle(classes.loaded)
    fatal = [problem for label, each in faults.items() if label in must for problem in each]
    return Chosen(
        without(faults, classes.loaded),
        {label: one.config for label, one in configured.items()},
        frozenset(must),
        (*settings.problems, *fatal, *([round_about] if round_about else []), *unknown),
        tuple(problem for label, each in faults.items() if label not in must for problem in each),
        tuple(warnings),
    )


def _make(
    chosen: Chosen, settings: Settings, clock: Clock, hooks: Hooks
) -> tuple[list[Active], list[Problem], list[Problem]]:
    made, faults = dict[str, Active](), dict[str, Problem]()
    optional = optional_labels(settings)
    for plugin in start_order(chosen.loaded):
        if not set(plugin.required) <= made.keys():
            continue
        others = {name: made[label].instance for name, label in _required(plugin)}
        context = PluginContext(
            name=plugin.label,
            node=settings.node,
            clock=clock,
            logger=logging.getLogger(f"satchel.{plugin.label}"),
            keys=plugin_keys(settings.secret, plugin.label),
            plugins=others,
            hooks=hooks,
        )
        try:
            instance = plugin.cls(chosen.configs[plugin.label], context)
        except Exception as error:  # noqa: BLE001 # a plugin may raise anything
            faults[plugin.label] = _not_made(plugin, error)
            continue
        fatal = plugin.label in chosen.must
        made[plugin.label] = Active(
            plugin.label,
            plugin.wanted.kind,
            instance,
            context,
            optional=not fatal,
            may_fail=not fatal or plugin.label in optional,
            package=plugin.package,
        )
    fatal_faults = [fault for label, fault in faults.items() if label in chosen.must]
    skipped = [fault for label, fault in faults.items() if label not in chosen.must]
    return list(made.values()), fatal_faults, skipped


def _required(plugin: Loaded) -> Iterator[tuple[str, str]]:
    return zip(plugin.requires, plugin.required, strict=True)


def _not_made(plugin: Loaded, error: Exception) -> Problem:
    return Problem(
        f'"{plugin.label}" of {plugin.package} cannot be made: {describe(error)}.',
        f"Correct its options, or take it out of {plugin.wanted.by}.",
    )
