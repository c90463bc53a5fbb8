"""``satchel hooks show``: what a hook promises, and who takes part in it."""

import argparse
from collections.abc import Mapping
from typing import Any

from satchel.commands.answer import Answer, as_lines, as_table
from satchel.errors import Problem, StartupError
from satchel.plugins.hook import Hook, hooks_of, specified
from satchel.plugins.inventory import Inventory
from satchel.plugins.plugins import assemble
from satchel.settings import Settings
from satchel.settings.unknown import meant


def add_parser(commands: Any, common: argparse.ArgumentParser) -> None:  # Any: argparse's own
    """Add ``hooks show`` to the command line."""
    parser = commands.add_parser("hooks", help="show hooks and who takes part in them")
    inner = parser.add_subparsers(required=True, metavar="show")
    words = "show one hook; without a name, list them all"
    show = inner.add_parser("show", parents=[common], help=words)
    show.add_argument("name", nargs="?", metavar="NAME")
    show.set_defaults(run=run)


def run(settings: Settings, inventory: Inventory, options: argparse.Namespace) -> Answer:
    """Show one hook or list all; when the host cannot start, without those who take part."""
    hooks, notes = _hooks(settings, inventory)
    if options.name is None:
        rows = [(hook.name, hook.kind, ", ".join(hook.chain)) for hook in hooks.values()]
        return Answer([hook.as_data() for hook in hooks.values()], as_table(rows), 0, notes)
    hook = hooks.get(options.name)
    if hook is None:
        problem = Problem(f'There is no hook "{options.name}".', meant(options.name, hooks))
        raise StartupError([problem])
    return Answer(hook.as_data(), _page(hook), 0, notes)


def _hooks(settings: Settings, inventory: Inventory) -> tuple[Mapping[str, Hook], list[str]]:
    try:
        return hooks_of(assemble(settings, inventory).registered), []
    except StartupError as error:
        why = "Who takes part is not known, because the host does not start:"
        return specified(), [why, *as_lines("error", error.problems)]


def _page(hook: Hook) -> list[str]:
    chain = [f"  {index}. {name}" for index, name in enumerate(hook.chain, 1)]
    parts = chain or ["  nobody"]
    title = f"{hook.name}{hook.signature}"
    return [title, f"kind: {hook.kind}", "", hook.doc, "", "chain:", *parts]
