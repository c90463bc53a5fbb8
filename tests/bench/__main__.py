"""Runs the modules of this package named bench_*, or those whose names are given.

Each has a function `measure` that yields measurements.
"""

import importlib
import pkgutil
import sys

from tests import bench
from tests.servers.ending import end_servers_on_sigterm

PREFIX = "bench_"


def find_names() -> list[str]:
    """Return what can be measured."""
    names = [each.name for each in pkgutil.iter_modules(bench.__path__)]
    return [each.removeprefix(PREFIX) for each in sorted(names) if each.startswith(PREFIX)]


def run(name: str) -> int:
    """Print each measurement of one module as soon as it is there; return how many were over."""
    module = importlib.import_module(f"{bench.__name__}.{PREFIX}{name}")
    over = 0
    for each in module.measure():
        sys.stdout.write(f"{each}\n")
        sys.stdout.flush()
        over += each.is_over
    return over


def main(wanted: list[str]) -> str | None:
    """Run what is wanted, or everything; return what is to complain of."""
    known = find_names()
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        choice = ", ".join(known) or "none yet"
        return f"There is no bench named {', '.join(unknown)}; there are: {choice}."
    over = sum(run(name) for name in wanted or known)
    return f"{over} targets were missed." if over else None


if __name__ == "__main__":
    end_servers_on_sigterm()
    sys.exit(main(sys.argv[1:]))
