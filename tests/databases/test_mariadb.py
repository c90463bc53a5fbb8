"""What is MariaDB's alone."""

import pytest

from satchel_hookspecs import ABSENT
from satchel_session_db import DatabaseSessions
from tests.databases.nodes import Opened, make_context
from tests.databases.test_readers import add, look, open_both
from tests.servers.databases import Pair


@pytest.fixture
def kind() -> str:
    """MariaDB alone."""
    return "mariadb"


def executed(pair: Pair) -> int:
    """How many prepared statements have been run on the server."""
    return int(pair.primary.sql("SHOW GLOBAL STATUS LIKE 'Com_stmt_execute'").split()[-1])


async def test_a_session_is_read_and_written_by_prepared_statements(
    pair: Pair, open_node: Opened
) -> None:
    using = make_context("db", {"database": await open_node(db_dsnw=pair.primary.dsn)})
    store = DatabaseSessions(None, using)
    async with store.plugin_lifespan(using):
        version = await store.session_write("a" * 64, b"data", ABSENT, 60, "anna")
        before = executed(pair)
        for _ in range(5):
            assert await store.session_read("a" * 64)
            version = await store.session_write("a" * 64, b"data", version, 60, "anna")
            assert await store.session_touch("a" * 64, 60)
            assert len(await store.session_list("anna")) == 1

    assert executed(pair) - before == 20


async def test_what_is_done_on_a_replica_itself_does_not_count_as_replayed(
    pair: Pair, open_node: Opened
) -> None:
    node = await open_both(open_node, pair)
    pair.replica.pause()
    await add(node, "new")
    # Each of these is a transaction in the replica's own log, with a GTID.
    pair.replica.sql("FLUSH STATUS; FLUSH STATUS")

    seen = await look(node)
    pair.replica.resume()

    assert seen == ["new"]
