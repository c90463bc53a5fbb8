"""The command line: finds the sub-command, and says what goes wrong in sentences."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence

from satchel.commands import config, doctor, gc, hooks, plugins
from satchel.commands.answer import Answer, complain, say
from satchel.errors import StartupError
from satchel.plugins.find import duplicate, refusal
from satchel.plugins.inventory import MAJOR, Inventory, read_inventory
from satchel.plugins.loader import describe, import_entry_point
from satchel.settings import Settings, read_settings

log = logging.getLogger(__name__)
DEFAULT_CONFIG = "satchel.toml"
Run = Callable[[Settings, Inventory, argparse.Namespace], Answer]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 well, 1 something is wrong, 2 bad usage."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _run(arguments, read_inventory())
    except StartupError as error:
        complain(f"satchel: {problem}" for problem in error.problems)
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # the operator gets a sentence, the log the rest
        log.debug("the command failed", exc_info=True)
        complain([f"satchel: {describe(error)}"])
    return 1


def _run(arguments: list[str], inventory: Inventory) -> int:
    if arguments and arguments[0] in inventory.names("commands"):
        return _run_installed(arguments, inventory)
    try:
        options = _parser(inventory).parse_args(arguments)
    except SystemExit as leaving:  # argparse has said what is wrong, or its help
        return int(leaving.code or 0)
    settings = read_settings(options.config)
    run: Run = options.run
    return say(run(settings, inventory, options), options.json)


def _run_installed(arguments: list[str], inventory: Inventory) -> int:
    name, rest = arguments[0], arguments[1:]
    every = [one for one in inventory.named("commands", name) if one.major == MAJOR]
    problem = duplicate(every) if len(every) > 1 else refusal(every[0], inventory, None)
    if problem is not None:
        raise StartupError([problem])
    try:
        command = import_entry_point(every[0].entry_point)
    except (Exception, SystemExit) as error:  # noqa: BLE001 # its import may raise anything
        cause = describe(error)
        complain([f'satchel: the command "{name}" of {every[0].package} is broken: {cause}'])
        return 1
    if not callable(command):
        complain([f'satchel: the command "{name}" of {every[0].package} cannot be called'])
        return 1
    try:
        return int(command(rest) or 0)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)


def _parser(inventory: Inventory) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("satchel", description="A webmail whose storage is plugins.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="answer in JSON")
    path = os.environ.get("SATCHEL_CONFIG") or DEFAULT_CONFIG
    common.add_argument("--config", metavar="FILE", default=path, help=f"the settings ({path})")
    for command in (plugins, doctor, hooks, config, gc):
        command.add_parser(commands, common)
    for name in inventory.names("commands"):
        package = inventory.named("commands", name)[0].distribution
        commands.add_parser(name, help=f"from {package}")
    return parser
