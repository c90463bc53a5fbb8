"""``satchel config``: checks the settings, and prints what may stand in them."""

import argparse
import json
from typing import Any

from satchel.commands.answer import Answer, as_data, as_lines
from satchel.plugins.inventory import Inventory
from satchel.plugins.plugins import choose
from satchel.plugins.schema import settings_schema
from satchel.settings import Settings


def add_parser(commands: Any, common: argparse.ArgumentParser) -> None:  # Any: argparse's own
    """Add ``config check`` and ``config schema`` to the command line."""
    parser = commands.add_parser("config", help="check the settings, or print their schema")
    inner = parser.add_subparsers(required=True, metavar="check|schema")
    words = "find all that is wrong in the settings"
    inner.add_parser("check", parents=[common], help=words).set_defaults(run=run_check)
    words = "print a JSON Schema of the settings, for editors"
    inner.add_parser("schema", parents=[common], help=words).set_defaults(run=run_schema)


def run_check(settings: Settings, inventory: Inventory, _options: argparse.Namespace) -> Answer:
    """Check the settings of the host and of every plugin that they name."""
    chosen = choose(settings, inventory)
    warnings = (*settings.warnings, *chosen.warnings, *chosen.skipped)
    data = {"problems": as_data(chosen.problems), "warnings": as_data(warnings)}
    lines = [*as_lines("error", chosen.problems), *as_lines("warning", warnings)]
    said = lines or [f"The settings in {settings.written.source} are good."]
    return Answer(data, said, 1 if chosen.problems else 0)


def run_schema(settings: Settings, inventory: Inventory, _options: argparse.Namespace) -> Answer:
    """Describe the host's settings and those of every plugin that could be loaded."""
    chosen = choose(settings, inventory)
    schema = settings_schema(chosen.loaded.values())
    printed = json.dumps(schema, indent=2)
    return Answer(schema, [printed], notes=as_lines("warning", chosen.problems))
