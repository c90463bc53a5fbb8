"""What the tests of databases start from: each kind of server, empty."""

from collections.abc import AsyncIterator

import pytest

from satchel_hookspecs import Position, position
from tests.databases.nodes import Opened, empty, open_nodes
from tests.servers.databases import Pair, StartPair


@pytest.fixture(autouse=True)
def request_of_a_user() -> None:
    """What the host does when a request begins."""
    position.set(Position())


@pytest.fixture(params=["postgresql", "mariadb"])
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of server, each in its turn."""
    return str(request.param)


@pytest.fixture
def pair(kind: str, database_pairs: StartPair) -> Pair:
    """A primary without tables, and its replica, which has seen that."""
    found = database_pairs(kind)
    empty(found.primary)
    found.even()
    return found


@pytest.fixture
def own_pair(kind: str, own_database_pair: StartPair) -> Pair:
    """A primary and a replica that the test may break."""
    return own_database_pair(kind)


@pytest.fixture
async def open_node() -> AsyncIterator[Opened]:
    """Open a database as a node does."""
    async with open_nodes() as opened:
        yield opened
