"""The kit, run as its users run it: in a process of its own, from an empty folder."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLAIN = ("--satchel-wrap", "plain")


def prove(
    folder: Path, store: str, *arguments: str, options: Mapping[str, object] | None = None
) -> tuple[int, str]:
    """Prove a store with these options; return how the run ended, and what it said."""
    given = [f"{name}={value}" for name, value in (options or {}).items()]
    command = [
        sys.executable, "-m", "pytest", "--pyargs", "satchel_testkit.suites",
        "-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(folder),
        "--basetemp", str(folder / "temp"), "-p", "no:asyncio", "-W", "error",
        "--satchel-store", store, *_each("--satchel-option", given), *arguments,
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd=folder, env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{folder}"},
        capture_output=True, text=True, timeout=590, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout[-20_000:] + done.stderr


def _each(word: str, values: Sequence[str]) -> list[str]:
    return [part for value in values for part in (word, value)]
