"""What is MariaDB's alone."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, insert, text

from satchel_database.mariadb_version import check_version, isolates_snapshots
from satchel_hookspecs import ABSENT
from satchel_session_db import DatabaseSessions
from tests.databases.nodes import Opened, make_context
from tests.databases.test_faults import make_notes
from tests.databases.test_readers import add, look, make_table, open_both, run
from tests.servers.databases import Pair

BODY = Column("body", LargeBinary(2**24))
NOTES = Table("notes", MetaData(), Column("id", Integer), BODY)


@pytest.fixture
def kind() -> str:
    """MariaDB alone."""
    return "mariadb"


def executed(pair: Pair) -> int:
    """How many prepared statements have been run on the server."""
    return status(pair, "Com_stmt_execute")


def status(pair: Pair, name: str) -> int:
    """A counter of the server."""
    return int(pair.primary.sql(f"SHOW GLOBAL STATUS LIKE '{name}'").split()[-1])


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


async def test_many_rows_are_one_message_in_which_bytes_stay_as_they_are(
    pair: Pair, open_node: Opened
) -> None:
    node = await open_node(db_dsnw=pair.primary.dsn)
    await make_notes(node, pair)
    several, body = insert(NOTES), bytes(range(256)) * 1024
    await node.change_all(several, [{"id": id, "body": body} for id in range(4)])
    before, received = executed(pair), status(pair, "Bytes_received")

    await node.change_all(several, [{"id": id, "body": body} for id in range(4, 8)])

    # escaped, a byte in sixty is two
    assert status(pair, "Bytes_received") - received < len(body) * 4 + 4000
    assert executed(pair) - before == 1


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


SNAPSHOTS = "innodb_snapshot_isolation"


@pytest.fixture
def isolating(pair: Pair) -> Iterator[Pair]:
    """The pair, its writer set as newer servers are."""
    if not pair.primary.sql(f"SHOW VARIABLES LIKE '{SNAPSHOTS}'"):
        pytest.skip(f"this MariaDB has no {SNAPSHOTS} yet")
    pair.primary.sql(f"SET GLOBAL {SNAPSHOTS} = 1")
    yield pair
    pair.primary.sql(f"SET GLOBAL {SNAPSHOTS} = 0")


async def test_a_row_that_another_has_changed_since_it_was_seen_is_changed_all_the_same(
    isolating: Pair, open_node: Opened
) -> None:
    node, other = [await open_node(db_dsnw=isolating.primary.dsn) for _ in range(2)]
    await make_table(node)
    await add(node, "seen")

    async with node.write() as connection:
        await connection.execute(text("SELECT body FROM notes"))
        await run(other, "UPDATE notes SET body = 'changed'")
        await connection.execute(text("UPDATE notes SET body = 'changed again'"))

    assert await look(node) == ["changed again"]


@pytest.mark.parametrize(
    ("greeting", "isolates"),
    [
        ("5.5.5-10.6.17-MariaDB-log", False),
        ("5.5.5-10.6.18-MariaDB-log", True),
        ("5.5.5-10.11.6-MariaDB", False),
        ("5.5.5-10.11.19-MariaDB-0+deb12u1-log", True),
        ("11.2.2-MariaDB", False),
        ("11.4.2-MariaDB-ubu2404", True),
        ("12.0.2-MariaDB", True),
    ],
)
def test_who_may_isolate_snapshots_is_known_by_its_version(greeting: str, isolates: bool) -> None:
    check_version(greeting)

    assert isolates_snapshots(greeting) is isolates
