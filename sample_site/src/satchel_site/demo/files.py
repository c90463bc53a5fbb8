"""The files of a folder, named as maildir names them: key, colon, flags."""

import os
from dataclasses import dataclass
from pathlib import Path

from satchel_site.demo.maildir import Incoming


@dataclass(frozen=True, slots=True)
class File:
    """A message's file: in `new` or in `cur`, its name, and when the message arrived."""

    place: str
    name: str
    when: float

    @property
    def letters(self) -> str:
        """The letters of the message's flags."""
        return self.name.rpartition(":2,")[2] if ":2," in self.name else ""


def scan(folder: Path, place: str) -> dict[str, File]:
    """Return the files in `new` or `cur` by their key."""
    with os.scandir(folder / place) as entries:
        return {
            entry.name.partition(":2,")[0]: File(place, entry.name, entry.stat().st_mtime)
            for entry in entries
        }


def keep(folder: Path, place: Path, content: bytes, when: float) -> None:
    """Write a message's file, whole or not at all."""
    with Incoming(folder / "tmp") as incoming:
        incoming.write(content)
        incoming.finish(when)
        incoming.link([place])
