"""The folder under ``temp_dir``: whose it is, what lies where, and how it is checked at start.

All functions block; call them in a thread.
"""

import errno
import os
import re
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from satchel_attachments_filesystem.pieces import write_new
from satchel_hookspecs import Place, Unavailable

_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
_MARK = ".satchel-name"
PIECE = ".piece"
_OVERTAKEN = {errno.ENOENT, errno.ENOTEMPTY}
"""Another node has deleted the folder, or opened the compose anew."""


class Folder:
    """``temp_dir/attachments/<owner>/<group>``, all of it readable by its user alone."""

    def __init__(self, temp_dir: Path) -> None:
        self.root = temp_dir / "attachments"

    def prepare(self) -> None:
        """Create what is missing; an error says what to do about a folder that cannot be used."""
        try:
            self.root.parent.mkdir(mode=0o700, exist_ok=True)
            self.root.mkdir(mode=0o700, exist_ok=True)
            self._mark()
        except OSError as error:
            raise self._unusable(error) from error
        self._inspect()

    def find(self) -> None:
        """Create nothing: where no folder was prepared before, a share may not be mounted yet."""
        if not (self.root / _MARK).exists():
            raise Unavailable(
                f"temp_dir: '{self.root}' is not there, or is no folder of satchel. Mount the "
                "share, or start once with create = true to begin there."
            )
        self._inspect()

    def _inspect(self) -> None:
        self.probe()
        mode = stat.S_IMODE(self.root.stat().st_mode)
        if mode & 0o077:
            raise Unavailable(
                f"temp_dir: others can read '{self.root}' (mode {mode:o}). "
                f"Type: chmod 700 '{self.root}'"
            )

    def probe(self) -> None:
        """Raise ``Unavailable`` when nothing can be written."""
        self.check()
        path = self.root / f".{secrets.token_hex(8)}.probe"
        try:
            try:
                path.write_bytes(b"probe")
            finally:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise self._unusable(error) from error

    def identity(self) -> str:
        """The same for all who see this folder, wherever it is mounted."""
        return (self.root / _MARK).read_text("ascii")

    def at(self, place: Place) -> Path:
        """The folder of a place, whether it is there or not."""
        for name in (place.owner, place.group):
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no name of an owner or a group.")
        return self.root / place.owner / place.group

    def piece(self, place: Place, piece: str) -> Path:
        """The file of a piece."""
        if not _NAME.fullmatch(piece):
            raise ValueError(f"{piece!r} is no name of a piece.")
        return self.at(place) / f"{piece}{PIECE}"

    def check(self) -> None:
        """Raise ``Unavailable`` when the folder went away: an absence in it proves nothing."""
        if not (self.root / _MARK).exists():
            raise Unavailable(f"The folder '{self.root}' is not there any more.")

    def _mark(self) -> None:
        """Name the folder if it has no name; whoever sees one sees all of it."""
        if (self.root / _MARK).exists():
            return
        fresh = self.root / f".{secrets.token_hex(8)}.mark"
        try:
            write_new(fresh, secrets.token_hex(16).encode())
            os.link(fresh, self.root / _MARK)
        except FileExistsError:
            return  # another node was faster
        finally:
            fresh.unlink(missing_ok=True)

    def _unusable(self, error: OSError) -> Unavailable:
        return Unavailable(
            f"temp_dir: cannot write to '{self.root}' ({error.strerror}). Mount it, or make it "
            "writable for the user that runs satchel."
        )

    def places(self, owner: str | None) -> Iterator[Place]:
        """Every place of the owner, or of all."""
        self.check()
        owners = [self.root / owner] if owner is not None else sorted(self.root.iterdir())
        for folder in owners:
            if folder.is_dir():
                groups = sorted(path for path in folder.iterdir() if path.is_dir())
                yield from (Place(folder.name, path.name) for path in groups)

    def pieces(self, place: Place) -> list[tuple[str, float]]:
        """Each piece of the place, with the time it was last written."""
        found = []
        for path in self.at(place).glob(f"*{PIECE}"):
            try:
                found.append((path.stem, path.stat().st_mtime))
            except FileNotFoundError:
                continue  # deleted by another node since the listing
        return found

    def delete_ended(self, place: Place, before: float) -> None:
        """Delete the place's folder when only an old empty document is left of it."""
        folder = self.at(place)
        try:
            paths = list(folder.iterdir())
            if all(path.stat().st_size == 0 and path.stat().st_mtime < before for path in paths):
                for path in paths:
                    path.unlink(missing_ok=True)
                folder.rmdir()
        except OSError as error:
            if error.errno not in _OVERTAKEN:
                raise
