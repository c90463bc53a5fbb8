"""``satchel doctor``: every finding with what heals it."""

import argparse
import asyncio
import time
from collections.abc import Iterator
from typing import Any

from satchel.commands.answer import Answer, as_data, as_lines
from satchel.errors import Problem, StartupError
from satchel.neighbours import Neighbours
from satchel.plugins.find import duplicate
from satchel.plugins.health import HealthReport, PluginHealth
from satchel.plugins.inventory import MAJOR, Inventory
from satchel.plugins.lifespan import running
from satchel.plugins.plugins import Plugins, assemble
from satchel.sessions import KeyRing, Records
from satchel.settings import Settings


def add_parser(commands: Any, common: argparse.ArgumentParser) -> None:  # Any: argparse's own
    """Add ``doctor`` to the command line."""
    words = "look for all that is wrong, each with the way out"
    parser = commands.add_parser("doctor", parents=[common], help=words)
    parser.add_argument("--live", action="store_true", help="start the plugins and ask them, too")
    parser.set_defaults(run=run)


def run(settings: Settings, inventory: Inventory, options: argparse.Namespace) -> Answer:
    """Do all checks of a start, and with ``--live`` start the plugins and ask how they are."""
    warnings = [*_packages(inventory)]
    said = list[str]()
    try:
        plugins = assemble(settings, inventory)
        warnings += [*plugins.warnings, *plugins.skipped, *_limits(plugins)]
        if options.live:
            report, apart = asyncio.run(_ask(plugins, settings))
            warnings += apart
            said = [_said(one) for one in report.plugins]
            warnings += [Problem(f"Started without: {one}") for one in report.skipped]
        errors: tuple[Problem, ...] = ()
    except StartupError as error:
        errors = error.problems
        warnings += settings.warnings
    data = {"problems": as_data(errors), "warnings": as_data(warnings), "plugins": said}
    lines = [*as_lines("error", errors), *as_lines("warning", warnings), *said]
    return Answer(data, lines or ["All is well."], 1 if errors else 0)


async def _ask(plugins: Plugins, settings: Settings) -> tuple[HealthReport, list[Problem]]:
    async with running(plugins, settings.start_timeout) as here:
        records = Records(plugins.records, KeyRing(settings.secret))
        neighbours = Neighbours(records, here.active, settings.node, time.time)
        try:
            apart = await neighbours.look()
        except Exception as error:  # noqa: BLE001  a plugin's own mistake is said like an outage
            reason = str(error) or type(error).__name__
            apart = [Problem(f"The other nodes could not be looked at: {reason}")]
        return await here.health(), apart


def _said(one: PluginHealth) -> str:
    return f"{one.label}: {one.health.state} {one.health.detail}".rstrip()


def _limits(plugins: Plugins) -> Iterator[Problem]:
    """What a store of the installation cannot promise, in its own words."""
    for one in plugins.active:
        for sentence in getattr(one.instance, "cannot", ()):
            yield Problem(f'"{one.label}": {sentence}')


def _packages(inventory: Inventory) -> Iterator[Problem]:
    for name in inventory.unreadable:
        yield Problem(f"The metadata of {name} cannot be read.", f"pip install --force {name}")
    seen = set[tuple[str, str]]()
    for one in inventory.installed:
        same = [other for other in inventory.named(one.kind, one.name) if other.major == MAJOR]
        if len(same) > 1 and (one.kind, one.name) not in seen:
            seen.add((one.kind, one.name))
            yield duplicate(same)
        if one.major != MAJOR:
            yield Problem(
                f'"{one.label}" of {one.package} keeps contract v{one.major}; this host speaks'
                f" v{MAJOR}.",
                f"pip uninstall {one.distribution}",
            )
