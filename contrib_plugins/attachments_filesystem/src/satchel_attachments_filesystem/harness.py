"""How the test kit makes this store and gets at its files."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

from satchel_attachments_filesystem.folder import PIECE
from satchel_attachments_filesystem.pieces import PieceReader, PieceWriter
from satchel_testkit.harness import Harness
from satchel_testkit.options import Options

ALL = 10_000


class FilesystemHarness(Harness):
    """A folder; down is moved away, and hanging is every document a pipe that nobody writes to."""

    can: ClassVar[frozenset[str]] = Harness.can | {
        "damage", "wipe", "break_backend", "hang_backend",
    }  # fmt: skip

    def settings(self) -> Options:
        return {"temp_dir": self.folder, self.label: {"deadline": 2.0}}

    def damage(self, change: Callable[[int, bytes], bytes | None]) -> None:
        for path in self._pieces():
            reader = PieceReader(path, 0, ALL)
            changed = [change(number, frame) for number, frame in enumerate(reader.take(ALL))]
            reader.close()
            path.unlink()
            writer = PieceWriter(path)
            kept = [(number, (frame,)) for number, frame in enumerate(changed) if frame is not None]
            if kept:
                writer.add(kept)
            writer.finish()

    def wipe(self) -> None:
        for path in self._pieces():
            path.unlink()

    def break_backend(self) -> None:
        self._root.rename(self._away)

    def hang_backend(self) -> None:
        for path in self._root.rglob("*.group"):
            path.rename(path.with_suffix(".kept"))
            os.mkfifo(path)

    def heal_backend(self) -> None:
        if self._away.exists():
            self._away.rename(self._root)
        for path in self._root.rglob("*.kept"):
            pipe = path.with_suffix(".group")
            # opened for both, a pipe lets go whoever waits to read from it
            waiting = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
            path.rename(pipe)
            os.close(waiting)

    @property
    def _root(self) -> Path:
        return self.options["temp_dir"] / "attachments"  # type: ignore[no-any-return]

    @property
    def _away(self) -> Path:
        return self._root.with_name("attachments.away")

    def _pieces(self) -> Iterator[Path]:
        return self._root.rglob(f"*{PIECE}")
