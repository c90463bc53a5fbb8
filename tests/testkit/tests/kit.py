"""Runs the kit as its users do: in a process of its own, from an empty folder."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
Outcomes = dict[str, dict[str, list[str]]]


@dataclass(frozen=True)
class Done:
    """How a run ended, what it printed and what it reported."""

    code: int
    text: str
    outcomes: Outcomes

    def failed(self, store: str) -> set[str]:
        """The tests, without their parameters, that failed for this store."""
        return {test.partition("[")[0] for test in self.outcomes[store]["failed"]}

    @property
    def closing(self) -> list[str]:
        """The line of each store."""
        lines = self.text.splitlines()
        return [line for line in lines if line.startswith(("attachments:", "session:"))]


def prove(folder: Path, stores: Sequence[str], *arguments: str) -> Done:
    """Prove stores, some of which lie in this folder."""
    report = folder / "report.json"
    command = [
        sys.executable, "-m", "pytest", "--pyargs", "satchel_testkit.suites", "-q", "--tb=short",
        "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(folder),
        "--basetemp", str(folder / "temp"), "--satchel-report", str(report), *arguments,
        *(word for store in stores for word in ("--satchel-store", store)),
    ]  # fmt: skip
    env = {**os.environ, "PYTHONPATH": str(HERE)}
    done = subprocess.run(command, env=env, cwd=folder, capture_output=True, timeout=170)
    outcomes = json.loads(report.read_text()) if report.exists() else {}
    return Done(done.returncode, (done.stdout + done.stderr).decode(), outcomes)
