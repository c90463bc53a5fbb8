"""The files of the store; all functions block."""

import fcntl
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from satchel_hookspecs import ChecksumMismatch, Unavailable

PIECE, UNFINISHED = ".zip", ".part"
DOCUMENT = "document.json"
LOCK = "lock"


class Writer:
    """A piece that is being written; it is there for others once it is published."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._unfinished = path.with_suffix(UNFINISHED)
        self._archive = zipfile.ZipFile(self._unfinished, "x", zipfile.ZIP_DEFLATED)

    def add(self, index: int, frame: bytes) -> None:
        """Keep a frame under its index."""
        self._archive.writestr(str(index), frame)

    def publish(self) -> None:
        """Bring all to the disk, and give the piece its name."""
        self._archive.close()
        flush(self._unfinished)
        self._unfinished.rename(self._path)
        flush(self._path.parent)

    def close(self) -> None:
        """Leave nothing behind of a piece that was not published."""
        self._archive.close()
        self._unfinished.unlink(missing_ok=True)


def prepare(root: Path) -> None:
    """Create the folder, and the lock that every change of a document is made under."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    (root / LOCK).touch(mode=0o600)


def read_member(path: Path, index: int) -> bytes:
    """Read one frame of a piece."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(str(index))
    except (FileNotFoundError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ChecksumMismatch(f"Block {index} of piece {path.stem} is missing.") from error


def delete(path: Path) -> None:
    """Delete a piece, finished or not."""
    for each in (path, path.with_suffix(UNFINISHED)):
        each.unlink(missing_ok=True)


def load(root: Path, folder: Path) -> bytes | None:
    """Read the document of a folder, ``None`` when there is none."""
    check(root)
    try:
        return (folder / DOCUMENT).read_bytes()
    except FileNotFoundError:
        return None


def swap(root: Path, folder: Path, document: bytes | None, expected: object) -> bool:
    """Replace the document, or delete it, if it is the expected one."""
    with locked(root):
        if load(root, folder) != expected:
            return False
        if document is None:
            (folder / DOCUMENT).unlink(missing_ok=True)
            return True
        folder.mkdir(parents=True, exist_ok=True)
        new = folder / f"{DOCUMENT}.new"
        new.write_bytes(document)
        flush(new)
        new.replace(folder / DOCUMENT)
        flush(folder)
        return True


def folders(root: Path) -> list[Path]:
    """The folder of every compose."""
    check(root)
    return sorted(path for path in root.glob("*/*") if path.is_dir())


def pieces(folder: Path) -> list[tuple[str, float]]:
    """Each piece of a folder, finished or not, with the time it was last written."""
    found = []
    for path in folder.glob("*"):
        if path.suffix in (PIECE, UNFINISHED):
            with suppress(FileNotFoundError):  # it got its name, or was deleted, since the listing
                found.append((path.stem, path.stat().st_mtime))
    return found


def check(root: Path) -> None:
    """Raise ``Unavailable`` when the folder went away: an absence in it proves nothing."""
    if not (root / LOCK).exists():
        raise Unavailable(f"The folder '{root}' is not there any more.")


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Keep all other threads and processes out."""
    with (root / LOCK).open("rb+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def flush(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
