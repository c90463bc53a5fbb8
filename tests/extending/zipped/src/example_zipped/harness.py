"""How the test kit gets at the zip files."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from satchel_testkit.harness import Harness


class ZippedHarness(Harness):
    """The folder of a test; down is moved away."""

    can: ClassVar[frozenset[str]] = Harness.can | {"damage", "wipe", "break_backend"}

    def damage(self, change: Callable[[int, bytes], bytes | None]) -> None:
        for path in self._root.rglob("*.zip"):
            with zipfile.ZipFile(path) as archive:
                frames = [(name, archive.read(name)) for name in archive.namelist()]
            with zipfile.ZipFile(path, "w") as archive:
                for number, (name, frame) in enumerate(frames):
                    changed = change(number, frame)
                    if changed is not None:
                        archive.writestr(name, changed)

    def wipe(self) -> None:
        for path in self._root.rglob("*.zip"):
            path.unlink()

    def break_backend(self) -> None:
        self._root.rename(self._away)

    def heal_backend(self) -> None:
        if self._away.exists():
            self._away.rename(self._root)

    @property
    def _root(self) -> Path:
        return self.folder / "zipped"

    @property
    def _away(self) -> Path:
        return self.folder / "away"
