"""How large a process became, as Linux counts it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

FORGET_PEAK = "5"


@dataclass(slots=True)
class Watched:
    """A process that is watched; ``growth`` is known when the watching has ended."""

    growth: int = 0


@contextmanager
def watch_memory(pid: int) -> Iterator[Watched]:
    """Find how many bytes of memory the process has at its peak beyond those that it has now.

    The kernel keeps the peak itself, so that no moment is missed between two looks.
    """
    (_folder(pid) / "clear_refs").write_text(FORGET_PEAK)
    before, watched = _bytes(pid, "VmRSS"), Watched()
    yield watched
    watched.growth = max(0, _bytes(pid, "VmHWM") - before)


def _bytes(pid: int, name: str) -> int:
    lines = (_folder(pid) / "status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def _folder(pid: int) -> Path:
    return Path("/proc") / str(pid)
