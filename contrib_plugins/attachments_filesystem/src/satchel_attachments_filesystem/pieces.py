"""Piece files: frames one after another, and at the end a table of their lengths.

Written once under a fresh name, read by range. All functions block; call them in a thread.
"""

import os
import struct
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from satchel_hookspecs import ChecksumMismatch
from satchel_hookspecs.frame_stream import NumberedParts

_FOOTER = struct.Struct(">QI8s")
_MAGIC = b"satchel1"


class PieceWriter:
    """A piece file that is being written; closed by ``finish`` or ``abandon``.

    A step that hangs in its thread keeps the others out, so that none meets a closed file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._first: int | None = None
        self._lengths: list[int] = []

    def add(self, frames: Sequence[NumberedParts]) -> None:
        """Append frames, whose indexes go on from those before."""
        with self._lock:
            if self._first is None:
                self._first = frames[0][0]
            lengths = [sum(map(len, parts)) for _, parts in frames]
            self._lengths += lengths
            write_all(self._fd, [part for _, parts in frames for part in parts])
            _begin_writeback(self._fd, sum(lengths))

    def finish(self) -> None:
        """Write the table, and return when all of it is on the disk."""
        count = len(self._lengths)
        table = struct.pack(f">{count}I", *self._lengths)
        with self._lock:
            write_all(self._fd, [table, _FOOTER.pack(self._first or 0, count, _MAGIC)])
            os.fsync(self._fd)
            self._close()
        sync_folder(self._path.parent)

    def abandon(self) -> None:
        """Delete what was written."""
        with self._lock:
            self._close()
        self._path.unlink(missing_ok=True)

    def _close(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)


@dataclass(frozen=True, slots=True)
class _Table:
    first: int
    lengths: tuple[int, ...]

    def span(self, first: int, stop: int) -> tuple[int, tuple[int, ...]]:
        """The offset of frame ``first``, and the lengths up to ``stop`` as far as there are any."""
        low, high = first - self.first, stop - self.first
        if low < 0:
            return 0, ()
        return sum(self.lengths[:low]), self.lengths[low:high]


class PieceReader:
    """A piece file that is being read; it stays readable when it is deleted meanwhile."""

    def __init__(self, path: Path, first: int, stop: int) -> None:
        self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._offset, lengths = _read_table(self._fd, path.name).span(first, stop)
        except BaseException:
            self.close()
            raise
        self._lengths = list(lengths)

    def take(self, count: int) -> list[bytes]:
        """The next ``count`` frames, fewer at the end."""
        lengths, self._lengths = self._lengths[:count], self._lengths[count:]
        frames = []
        for length in lengths:
            frames.append(os.pread(self._fd, length, self._offset))
            self._offset += length
        return frames

    def close(self) -> None:
        """Give the file back; twice is no error."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)


def write_all(fd: int, buffers: Sequence[bytes]) -> None:
    """Write all of the buffers, however often the system writes less than asked."""
    left = [memoryview(buffer) for buffer in buffers if buffer]
    while left:
        written = os.writev(fd, left)
        while left and written >= len(left[0]):
            written -= len(left.pop(0))
        if left:
            left[0] = left[0][written:]


def write_new(path: Path, raw: bytes) -> None:
    """Create a file of these bytes, and return when they are on the disk."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        write_all(fd, [raw])
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_folder(folder: Path) -> None:
    """Return when the names in the folder are on the disk."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _begin_writeback(fd: int, length: int) -> None:
    """Let the disk begin with the bytes just written, so that ``fsync`` finds little left to do.

    Advice on Linux starts the writing and drops only what is on the disk already.
    """
    if hasattr(os, "posix_fadvise"):
        end = os.lseek(fd, 0, os.SEEK_CUR)
        os.posix_fadvise(fd, end - length, length, os.POSIX_FADV_DONTNEED)


def _read_table(fd: int, name: str) -> _Table:
    size = os.fstat(fd).st_size
    footer = os.pread(fd, _FOOTER.size, max(0, size - _FOOTER.size))
    if len(footer) < _FOOTER.size:
        raise ChecksumMismatch(f"Piece {name} is cut short.")
    first, count, magic = _FOOTER.unpack(footer)
    start = size - _FOOTER.size - 4 * count
    if magic != _MAGIC or start < 0:
        raise ChecksumMismatch(f"Piece {name} is cut short or damaged.")
    lengths = struct.unpack(f">{count}I", os.pread(fd, 4 * count, start))
    if sum(lengths) != start:
        raise ChecksumMismatch(f"Piece {name} is damaged.")
    return _Table(first, lengths)
