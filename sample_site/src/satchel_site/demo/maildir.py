"""Messages as files: a Maildir++ tree, one file a message, published by rename."""

import itertools
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote

INBOX = "INBOX"
_PLACES = ("tmp", "new", "cur")
_UNSAFE = frozenset("%./:\\")
_LONGEST = 255
_counter = itertools.count(1)


class UnusableName(ValueError):
    """A folder cannot have this name: a part of it is empty, or it is too long for a file."""


def folder_path(account: Path, name: str) -> Path:
    """Say where the folder with this name lives; `/` parts the levels of the name."""
    if name == INBOX:
        return account
    parts = [_escape(part) for part in name.split("/")]
    inner = "." + ".".join(parts)
    if not all(parts) or len(inner.encode()) > _LONGEST:
        raise UnusableName(f"'{name}' cannot be the name of a folder.")
    return account / inner


def folder_names(account: Path) -> list[str]:
    """Return the names of all folders of an account but the inbox, sorted."""
    found = (entry.name for entry in os.scandir(account) if entry.is_dir())
    return sorted(_read_name(inner) for inner in found if inner.startswith("."))


def create_folder(folder: Path) -> None:
    """Make an empty maildir; one that is there already is a `FileExistsError`."""
    folder.mkdir(mode=0o700)
    for place in _PLACES:
        (folder / place).mkdir(mode=0o700)


def delete_folder(folder: Path) -> None:
    """Delete a maildir with all its messages."""
    shutil.rmtree(folder)


def new_key() -> str:
    """Make up a name that no other message has had."""
    now = time.time_ns()
    return f"{now // 10**9}.M{now // 1000 % 10**6}P{os.getpid()}Q{next(_counter)}.satchel"


class Incoming:
    """A message that is being written; nobody sees it before it is published."""

    def __init__(self, spool: Path) -> None:
        self._path = spool / new_key()
        self._file = self._path.open("xb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def write(self, chunk: bytes) -> None:
        """Add these bytes."""
        self._file.write(chunk)

    def finish(self, when: float | None = None) -> None:
        """Bring every byte to the disk; `when` is the date the message arrived."""
        self._file.flush()
        if when is not None:
            os.utime(self._path, (when, when))
        os.fsync(self._file.fileno())

    def link(self, places: Iterable[Path]) -> None:
        """Let the message appear under each of these paths, or under none of them."""
        done: list[Path] = []
        try:
            for place in places:
                os.link(self._path, place)
                done.append(place)
        except OSError:
            for place in done:
                place.unlink()
            raise
        for folder in {place.parent for place in done}:
            sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path to write to, which then takes this one's place at once."""
    partial = path.with_name(path.name + ".partial")
    yield partial
    partial.replace(path)


def _escape(part: str) -> str:
    # A dot parts the levels in the names of Maildir++, so it is written as %2E.
    return "".join(
        "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "surrogatepass"))
        if letter in _UNSAFE or not letter.isprintable()
        else letter
        for letter in part
    )


def _read_name(inner: str) -> str:
    return "/".join(unquote(part) for part in inner[1:].split("."))
