"""The attachment store with its blocks in memcached passes the quick half of the kit.

The whole kit, on one, two and three hosts, takes minutes and is with the outages.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.fixtures import StartMemcached

QUICK = "plain and (TestRoundTrip or TestDamage or TestEnd or TestExpiry or TestSweep)"


def test_attachments_in_memcached_pass_the_kit(
    start_memcached: StartMemcached, tmp_path: Path
) -> None:
    hosts = json.dumps([start_memcached().address for _ in range(2)])
    command = [
        sys.executable, "-m", "pytest", "--pyargs", "satchel_testkit.suites",
        "--satchel-store", "attachments:database", "--satchel-option", f"memcache_hosts={hosts}",
        "--satchel-harness", "attachments_database_cached", "-q", "-k", QUICK,
        "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(tmp_path),
        "--basetemp", str(tmp_path / "temp"), "-p", "no:asyncio", "-W", "error",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=170)

    assert done.returncode == pytest.ExitCode.OK, done.stdout[-20_000:] + done.stderr
