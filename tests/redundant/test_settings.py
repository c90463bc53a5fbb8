"""The settings that the store's page shows, in a node that an operator serves."""

import json
import re
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.patience import wait_for
from tests.servers.certificates import Certificates
from tests.servers.fixtures import StartMemcached, StartSite
from tests.servers.folder import open_server_folder
from tests.servers.postgresql import Postgresql, create_postgresql

PAGE = Path(__file__).parents[2] / "contrib_plugins/attachments_redundant/README.md"
SHOWN = re.compile(r"```toml\n(.*?)```", re.DOTALL)


@pytest.fixture
def database(certificates: Certificates) -> Iterator[Postgresql]:
    """A server that a test may kill."""
    with open_server_folder("postgresql") as folder:
        server = create_postgresql(folder / "primary", certificates)
        with server:
            server.create_database()
            yield server


def read_page() -> dict[str, Any]:
    """What the page tells an operator to set."""
    shown = SHOWN.search(PAGE.read_text(encoding="utf-8"))
    assert shown is not None
    return tomllib.loads(shown[1])


def ask(url: str) -> tuple[int, dict[str, Any]]:
    """The status of a node, and what it says of its parts."""
    try:
        with urllib.request.urlopen(f"{url}/healthz/ready", timeout=20) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.mark.parametrize(("named", "status"), [(True, 200), (False, 503)])
def test_a_node_stays_ready_while_its_database_is_down_if_that_is_optional(
    named: bool,
    status: int,
    database: Postgresql,
    start_site: StartSite,
    start_memcached: StartMemcached,
    tmp_path: Path,
) -> None:
    hosts = [start_memcached().address for _ in range(2)]
    settings = read_page() | {"temp_dir": str(tmp_path), "memcache_hosts": hosts}
    if not named:
        del settings["plugins"], settings["optional"]
    node = start_site(**settings | {"db_dsnw": database.dsn})
    assert ask(node.url)[0] == 200
    database.kill()

    wait_for(lambda: state_of(node.url) == "degraded", "memcached has the database's place")
    assert ask(node.url)[0] == status


def state_of(url: str) -> object:
    """How the store says that it is."""
    return ask(url)[1]["components"]["attachments_redundant"]["status"]
