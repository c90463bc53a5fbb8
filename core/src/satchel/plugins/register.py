"""Registers plugins with pluggy and freezes the relay, when every slot is filled as it should."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pluggy import PluginValidationError

from satchel.errors import Problem, StartupError
from satchel.plugins.active import Active
from satchel.plugins.loader import describe
from satchel.plugins.registry import SPEC, PluginManager
from satchel.plugins.relay import Hooks, compile_hooks
from satchel.plugins.slots import around_problems, record_problems, slot_problems
from satchel.plugins.stages import stage_problems
from satchel.plugins.wanted import orders, record_label, session_label
from satchel.settings import Words
from satchel_hookspecs import AttachmentSpecs, PluginSpecs, SessionSpecs


@dataclass(frozen=True, slots=True)
class Registered:
    """Who takes part in which hook: in the host's, and in those of its records."""

    manager: PluginManager
    record_manager: PluginManager
    orders: Mapping[type, Sequence[str]]
    hooks: Hooks
    records: Hooks


def register(active: Sequence[Active], words: Words, hooks: Hooks) -> Registered:
    """Register all and freeze the relay into ``hooks``; ``StartupError`` with all that is wrong."""
    around_sessions, around_attachments = orders(words)
    order: dict[type, list[str]] = {
        SessionSpecs: around_sessions,
        AttachmentSpecs: around_attachments,
    }
    manager, problems = _manager(_main(active, words), PluginSpecs, SessionSpecs, AttachmentSpecs)
    beside = [one for one in active if one.label in (record_label(words), *around_sessions)]
    record_manager, more = _manager(beside, PluginSpecs, SessionSpecs)
    problems += [problem for problem in more if problem not in problems]
    problems += _add_own_specs(manager)
    problems += [Problem(sentence) for sentence in manager.problems()]
    problems += slot_problems(manager, active, words)
    problems += record_problems(record_manager, active, words)
    problems += around_problems(manager, active, order)
    problems += stage_problems(active, around_attachments)
    if problems:
        raise StartupError(problems)
    compile_hooks(manager, order, hooks)
    return Registered(manager, record_manager, order, hooks, compile_hooks(record_manager, order))


def _main(active: Iterable[Active], words: Words) -> list[Active]:
    """All but a store that is there for the records alone."""
    apart = record_label(words) if record_label(words) != session_label(words) else None
    return [one for one in active if one.label != apart]


def _manager(active: Sequence[Active], *specs: type) -> tuple[PluginManager, list[Problem]]:
    manager, problems = PluginManager(), list[Problem]()
    for spec in specs:
        manager.add_hookspecs(spec)
    for one in reversed(active):  # pluggy asks the last one first
        try:
            manager.register(one.instance, one.label)
        except (PluginValidationError, ValueError) as error:
            problems.append(_misfit(one, error))
    return manager, problems


def _misfit(one: Active, error: Exception) -> Problem:
    return Problem(
        f'"{one.label}" of {one.package} does not fit the contract: {describe(error)}.',
        "Update it, or tell its authors.",
    )


def _add_own_specs(manager: PluginManager) -> list[Problem]:
    problems = list[Problem]()
    for impl in manager.hook.plugin_hookspecs.get_hookimpls():
        label = impl.plugin_name
        try:
            wrong = _add_specs(impl.function(), label, manager)
        except Exception as error:  # noqa: BLE001 # a plugin may raise anything
            wrong = [
                Problem(f'The hooks that "{label}" declares cannot be used: {describe(error)}.')
            ]
        problems += wrong
    return problems


def _add_specs(spec: object, label: str, manager: PluginManager) -> list[Problem]:
    names = [name for name in dir(spec) if hasattr(getattr(spec, name), SPEC)]
    if not isinstance(spec, type) or not names:
        return [Problem(f'"{label}" has a plugin_hookspecs that returns no class of hooks.')]
    known = manager.hook_names()
    wrong = [name for name in names if not name.startswith(f"{label}_") or name in known]
    if not wrong:
        manager.add_hookspecs(spec)
    return [
        Problem(f'"{label}" may not declare the hook "{name}".', f'Call it "{label}_…".')
        for name in wrong
    ]
