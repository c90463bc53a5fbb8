"""Folders that are mounted for a test."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.programs import find_program


@contextlib.contextmanager
def mounted(*options: str, at: Path) -> Iterator[Path]:
    """Mount something at a folder, as `mount` is told to, until the ``with`` block is left."""
    at.mkdir(exist_ok=True)
    done = _run("mount", *options, str(at))
    if done.returncode:
        pytest.skip(f"Nothing may be mounted here: {done.stderr.strip()}")
    try:
        yield at
    finally:
        _run("umount", "--lazy", str(at))


def unmount(folder: Path) -> None:
    """Take away what is mounted at a folder, whoever has it open."""
    done = _run("umount", "--lazy", str(folder))
    assert done.returncode == 0, done.stderr


def mount_again(source: Path, folder: Path) -> None:
    """Let a folder show again what lies elsewhere."""
    done = _run("mount", "--bind", str(source), str(folder))
    assert done.returncode == 0, done.stderr


def make_read_only(folder: Path) -> None:
    """Refuse whatever would be written below a mounted folder."""
    _remount("ro", folder)


def make_writable(folder: Path) -> None:
    """Let a mounted folder be written again."""
    _remount("rw", folder)


def _remount(option: str, folder: Path) -> None:
    done = _run("mount", "-o", f"remount,{option}", str(folder))
    assert done.returncode == 0, done.stderr


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(find_program(program)), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
