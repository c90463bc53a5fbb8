"""The session store on one, two and three hosts passes the kit."""

import json
from pathlib import Path

import pytest

from tests.kit import PLAIN, prove
from tests.servers.fixtures import StartMemcached

HARNESS = ("--satchel-harness", "tests.memcache.harness:MemcacheHarness")


@pytest.mark.parametrize("count", [1, 2, 3])
def test_sessions_in_memcached_pass_the_kit(
    count: int, start_memcached: StartMemcached, tmp_path: Path
) -> None:
    hosts = json.dumps([start_memcached().address for _ in range(count)])
    options = {"memcache_hosts": hosts}
    code, text = prove(tmp_path, "session:memcache", *PLAIN, *HARNESS, options=options)

    assert code == pytest.ExitCode.OK, text
