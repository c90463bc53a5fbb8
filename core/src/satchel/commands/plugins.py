"""``satchel plugins``: what is installed, what is enabled, and why something is not active.

Reads metadata alone, so that a plugin which cannot even be imported is listed, too.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from satchel.commands.answer import Answer, as_lines, as_table
from satchel.errors import Problem
from satchel.plugins.find import find
from satchel.plugins.inventory import MAJOR, Installed, Inventory
from satchel.plugins.loader import OWN_CODE
from satchel.plugins.wanted import Wanted, wanted_plugins
from satchel.settings import Settings

HEADINGS = ("PLUGIN", "KIND", "NAME", "PACKAGE", "CONTRACT", "ENABLED BY", "ACTIVE")


@dataclass(frozen=True, slots=True)
class Row:
    """One plugin; ``why`` says why it is not active, or is empty."""

    plugin: str
    kind: str
    name: str
    package: str
    contract: str
    enabled_by: str
    active: bool
    why: str


def add_parser(commands: Any, common: argparse.ArgumentParser) -> None:  # Any: argparse's own
    """Add ``plugins`` to the command line."""
    words = "list the plugins: installed, enabled, active, and why not"
    commands.add_parser("plugins", parents=[common], help=words).set_defaults(run=run)


def run(settings: Settings, inventory: Inventory, _options: argparse.Namespace) -> Answer:
    """List all plugins, and those that are asked for but not there."""
    rows = [*rows_of(settings, inventory)]
    table = [HEADINGS, *((*_cells(row), "yes" if row.active else "no") for row in rows)]
    reasons = [f"{row.plugin}: {row.why}" for row in rows if row.why]
    lines = [*as_table(table), *(["", *reasons] if reasons else [])]
    broken = [f"Unreadable metadata: {name}" for name in inventory.unreadable]
    notes = [*as_lines("error", settings.problems), *broken]
    return Answer([asdict(row) for row in rows], lines, notes=notes)


def rows_of(settings: Settings, inventory: Inventory) -> Iterator[Row]:
    """Every installed plugin, then what is asked for and not installed."""
    wanted = {one.label: one for one in wanted_plugins(settings)}
    enabled = [one for one in inventory.installed if one.label in wanted]
    for one in inventory.installed:
        if one.kind != "commands":
            asked = wanted.get(one.label) or _required(one, enabled)
            yield _row(one, asked, inventory, settings)
    known = {one.label for one in inventory.installed}
    for asked in wanted.values():
        if asked.is_own_code:
            yield Row(asked.label, asked.kind, asked.name, OWN_CODE, "", asked.by, True, "")
        elif asked.label not in known:
            problem = find(asked, inventory, settings.allow)
            yield Row(asked.label, asked.kind, asked.name, "", "", asked.by, False, str(problem))


def _row(one: Installed, asked: Wanted | None, inventory: Inventory, settings: Settings) -> Row:
    found = find(asked or Wanted(one.kind, one.name, ""), inventory, settings.allow)
    why = str(found) if isinstance(found, Problem) else ""
    if asked is None:
        why = why or "No setting names it."
    active = asked is not None and found is one
    contract = f"v{one.major}" + ("" if one.major == MAJOR else " (another)")
    by = asked.by if asked else ""
    return Row(one.label, one.kind, one.name, one.package, contract, by, active, why)


def _required(one: Installed, enabled: Sequence[Installed]) -> Wanted | None:
    """Whether an enabled plugin's package requires that of this one, which is then needed, too."""
    for other in enabled:
        if one.kind == "plugins" and one.distribution in other.needs:
            return Wanted(one.kind, one.name, other.label)
    return None


def _cells(row: Row) -> tuple[str, ...]:
    return (row.plugin, row.kind, row.name, row.package, row.contract, row.enabled_by)
