"""The store for sessions keeps the contract on real servers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.databases import Pair


@pytest.mark.timeout(400)
def test_the_store_passes_the_kit_on_a_server(pair: Pair, tmp_path: Path) -> None:
    command = [
        sys.executable, "-m", "pytest", "--pyargs", "satchel_testkit.suites",
        "--satchel-store", "session:db", "-q", "-p", "no:cacheprovider", "-c", os.devnull,
        "--satchel-option", f"db_dsnw={pair.primary.dsn}",
        "--satchel-option", f"db_dsnr={pair.replica.dsn}",
        "--rootdir", str(tmp_path), "--basetemp", str(tmp_path / "temp"),
        "-p", "no:asyncio", "-W", "error", "--satchel-wrap", "plain",
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=380, check=False
    )

    assert done.returncode == pytest.ExitCode.OK, done.stdout[-20_000:] + done.stderr
    assert "session:db " in done.stdout
    assert " 0 failed" in done.stdout
