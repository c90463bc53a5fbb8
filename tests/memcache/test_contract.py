"""The session store on one, two and three hosts passes the kit."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.fixtures import StartMemcached

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_sessions_in_memcached_pass_the_kit(
    count: int, start_memcached: StartMemcached, tmp_path: Path
) -> None:
    hosts = json.dumps([start_memcached().address for _ in range(count)])
    command = [
        sys.executable, "-m", "pytest", "--pyargs", "satchel_testkit.suites",
        "--satchel-store", "session:memcache", "--satchel-wrap", "plain",
        "--satchel-option", f"memcache_hosts={hosts}",
        "--satchel-harness", "tests.memcache.harness:MemcacheHarness", "-q",
        "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(tmp_path), "--basetemp",
        str(tmp_path / "temp"), "-p", "no:asyncio", "-W", "error",
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=590,
    )  # fmt: skip

    assert done.returncode == pytest.ExitCode.OK, done.stdout[-20_000:] + done.stderr
