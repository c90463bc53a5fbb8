"""The store over files, SQLite and two memcached hosts passes the kit."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.fixtures import StartMemcached


@pytest.mark.timeout(600)
def test_redundant_attachments_pass_the_kit(
    start_memcached: StartMemcached, tmp_path: Path
) -> None:
    hosts = json.dumps([start_memcached().address for _ in range(2)])
    command = [
        sys.executable, "-m", "pytest", "--pyargs", "satchel_testkit.suites",
        "--satchel-store", "attachments:redundant", "--satchel-option", f"memcache_hosts={hosts}",
        "-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(tmp_path),
        "--basetemp", str(tmp_path / "temp"), "-p", "no:asyncio", "-W", "error",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=590)

    assert done.returncode == pytest.ExitCode.OK, done.stdout[-20_000:] + done.stderr
