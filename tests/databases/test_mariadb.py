"""How MariaDB is spoken to: in statements that it has prepared, and without snapshots to write."""

import pytest
from sqlalchemy import text

from satchel_hookspecs import ABSENT
from satchel_session_db import DatabaseSessions
from tests.databases.nodes import Opened, make_context
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


@pytest.mark.parametrize(
    ("logged", "written"), [("MIXED", "READ-COMMITTED"), ("STATEMENT", "REPEATABLE-READ")]
)
async def test_what_writes_takes_no_snapshot_where_the_log_allows_it(
    pair: Pair, open_node: Opened, logged: str, written: str
) -> None:
    [kept] = pair.primary.sql("SELECT @@global.binlog_format").split()
    pair.primary.sql(f"SET GLOBAL binlog_format = '{logged}'")
    try:
        node = await open_node(db_dsnw=pair.primary.dsn)
        async with node.write() as connection:
            found = await connection.execute(text("SELECT @@tx_isolation"))
            await connection.execute(text("CREATE TABLE notes (id INT PRIMARY KEY)"))
            await connection.execute(text("INSERT INTO notes VALUES (1)"))
    finally:
        pair.primary.sql(f"SET GLOBAL binlog_format = '{kept}'")

    assert found.scalar_one() == written
    assert pair.primary.sql("SELECT count(*) FROM mail.notes").split()[-1] == "1"
