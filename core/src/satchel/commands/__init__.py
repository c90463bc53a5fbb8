"""The command ``satchel``."""

from satchel.commands.command_line import main

__all__ = ["main"]
