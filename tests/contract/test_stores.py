"""The stores that need no server keep the contract, plain and enciphered."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

STORES = ["attachments:memory", "attachments:filesystem", "session:memory", "session:db"]
WRAPPINGS = ["--satchel-wrap", "plain", "--satchel-wrap", "enciphered"]


@pytest.mark.parametrize("store", STORES)
def test_a_store_passes_the_kit(store: str, tmp_path: Path) -> None:
    command = [
        sys.executable, "-m", "pytest", "--pyargs", "satchel_testkit.suites",
        "--satchel-store", store, *WRAPPINGS, "-q", "-p", "no:cacheprovider", "-c", os.devnull,
        "--rootdir", str(tmp_path), "--basetemp", str(tmp_path / "temp"),
        "-p", "no:asyncio", "-W", "error",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=590)

    assert done.returncode == pytest.ExitCode.OK, done.stdout[-20_000:] + done.stderr
    assert " 0 failed" in next(line for line in done.stdout.splitlines() if line.startswith(store))
