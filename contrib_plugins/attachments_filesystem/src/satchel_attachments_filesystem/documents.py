"""Group documents as numbered files: the highest number counts, and each is taken once.

``link`` refuses a name that exists, on a local disk and over NFS, so it is the compare-and-swap.
All functions block; call them in a thread.
"""

import os
import secrets
from pathlib import Path

from satchel_attachments_filesystem.pieces import sync_folder, write_new

SUFFIX = ".group"


def load(folder: Path) -> tuple[bytes | None, int]:
    """The newest document and its number; ``None`` where there is none, 0 where there never was."""
    while True:
        number = _highest(folder)
        if not number:
            return None, 0
        try:
            return _path(folder, number).read_bytes() or None, number
        except FileNotFoundError:
            continue  # a newer one took its place between the two looks


def store(folder: Path, document: bytes | None, number: int) -> bool:
    """Put a document in the place of the one with ``number``; false when that is not the newest.

    No document is kept as an empty file, so that its number is never taken twice.
    """
    if not folder.is_dir():
        _create(folder)
    fresh = folder / f"{secrets.token_hex(8)}.new"
    try:
        write_new(fresh, document or b"")
        taken = _take(folder, fresh, number + 1)
    finally:
        fresh.unlink(missing_ok=True)
    if taken:
        sync_folder(folder)
        _delete_older(folder, number + 1)
    return taken


def _create(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    sync_folder(folder.parent)
    sync_folder(folder.parent.parent)


def _take(folder: Path, fresh: Path, number: int) -> bool:
    path = _path(folder, number)
    try:
        os.link(fresh, path)
    except FileExistsError:
        return False
    if _highest(folder) > number:  # a number that newer ones had left behind
        path.unlink(missing_ok=True)
        return False
    return True


def _delete_older(folder: Path, number: int) -> None:
    for path in folder.glob(f"*{SUFFIX}"):
        if _number(path) < number:
            path.unlink(missing_ok=True)


def _highest(folder: Path) -> int:
    return max((_number(path) for path in folder.glob(f"*{SUFFIX}")), default=0)


def _number(path: Path) -> int:
    return int(path.stem) if path.stem.isdecimal() else 0


def _path(folder: Path, number: int) -> Path:
    return folder / f"{number:010d}{SUFFIX}"
