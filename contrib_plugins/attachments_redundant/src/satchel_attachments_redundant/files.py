"""The local copies of pieces, as the filesystem store keeps them."""

import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from satchel_attachments_filesystem import FilesystemAttachments
from satchel_attachments_filesystem.folder import Folder
from satchel_attachments_filesystem.pieces import sync_folder
from satchel_hookspecs import Place, Unavailable

OPENED = "opened"
TRIES = 100
Run = Callable[..., Awaitable[Any]]  # Any: what the step returns


class Files:
    """Pieces under ``temp_dir``; the folder of a compose is made with the first of them."""

    def __init__(self, store: FilesystemAttachments, folder: Folder, run: Run) -> None:
        self._store = store
        self._folder = folder
        self._run = run

    async def write(
        self, place: Place, piece: str, frames: AsyncIterator[tuple[int, bytes]]
    ) -> None:
        """Keep the frames of a new piece, on the disk for sure; on failure keep none."""
        await self._run(partial(_open, self._folder, self._folder.at(place)), durable=True)
        await FilesystemAttachments._write(self._store, place, piece, frames)

    async def replace(
        self, place: Place, piece: str, frames: AsyncIterator[tuple[int, bytes]]
    ) -> None:
        """Put these frames in the place of whatever the piece has; until then that stays."""
        fresh = f"{piece}-{secrets.token_hex(8)}"
        await self.write(place, fresh, frames)
        old, new = self._folder.piece(place, piece), self._folder.piece(place, fresh)
        await self._run(partial(_replace, new, old), durable=True)

    def read(self, place: Place, piece: str, first: int, stop: int) -> AsyncGenerator[bytes, None]:
        """Yield frames; ``ChecksumMismatch`` where the file is missing or damaged."""
        return FilesystemAttachments._read(self._store, place, piece, first, stop)

    async def has(self, place: Place, piece: str) -> bool:
        """Whether there is a file, right or not."""
        return bool(await self._run(self._folder.piece(place, piece).exists))

    async def drop(self, place: Place, piece: str) -> None:
        """Delete a piece, whether it is there or not."""
        await FilesystemAttachments._drop(self._store, place, piece)


def _open(root: Folder, folder: Path) -> None:
    """Make the folder; the file in it keeps the sweep off, which takes folders that are empty."""
    root.check()  # lest a share that is gone be replaced by a folder on whatever is below it
    for _ in range(TRIES):
        try:
            (folder / OPENED).touch(mode=0o600)
            return
        except FileNotFoundError:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(folder.parent)
            sync_folder(folder.parent.parent)
    raise Unavailable(f"'{folder}' is deleted again and again.")


def _replace(new: Path, old: Path) -> None:
    new.replace(old)
    sync_folder(old.parent)
