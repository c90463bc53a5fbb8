"""The attachment store with its blocks in memcached passes the quick half of the kit.

The whole kit, on one, two and three hosts, takes minutes and is with the outages.
"""

import json
from pathlib import Path

import pytest

from tests.kit import prove
from tests.servers.fixtures import StartMemcached

QUICK = "plain and (TestRoundTrip or TestDamage or TestEnd or TestExpiry or TestSweep)"


def test_attachments_in_memcached_pass_the_kit(
    start_memcached: StartMemcached, tmp_path: Path
) -> None:
    hosts = json.dumps([start_memcached().address for _ in range(2)])
    harness = ("--satchel-harness", "attachments_database_cached")
    options = {"memcache_hosts": hosts}
    code, text = prove(tmp_path, "attachments:database", *harness, "-k", QUICK, options=options)

    assert code == pytest.ExitCode.OK, text
