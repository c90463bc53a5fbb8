"""``satchel gc``: sweeps once, now."""

import argparse
import asyncio
from dataclasses import asdict
from typing import Any

from satchel.commands.answer import Answer
from satchel.plugins.inventory import Inventory
from satchel.plugins.lifespan import running
from satchel.plugins.plugins import Plugins, assemble
from satchel.plugins.sweep import Swept, sweep
from satchel.settings import Settings


def add_parser(commands: Any, common: argparse.ArgumentParser) -> None:  # Any: argparse's own
    """Add ``gc`` to the command line."""
    words = "delete what is over its time"
    commands.add_parser("gc", parents=[common], help=words).set_defaults(run=run)


def run(settings: Settings, inventory: Inventory, _options: argparse.Namespace) -> Answer:
    """Start the plugins, sweep, and say how much was deleted."""
    swept = asyncio.run(_sweep(assemble(settings, inventory), settings))
    counts: dict[str, int] = asdict(swept)
    return Answer(counts, [f"{name}: {count} deleted" for name, count in counts.items()])


async def _sweep(plugins: Plugins, settings: Settings) -> Swept:
    async with running(plugins, settings.start_timeout) as here:
        return await sweep(here.plugins)
