"""Settings that are refused at start, with the way out."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest
from sqlalchemy import text

from satchel.settings.words import Words
from satchel_database import DatabaseConfig, UnusableDatabase
from tests.databases.nodes import Opened, open_nodes
from tests.servers.certificates import Certificates
from tests.servers.databases import Pair, StartPair
from tests.servers.mariadb import Mariadb
from tests.servers.ports import pick_free_port

TESTS = Path(__file__).parents[2] / "contrib_plugins/database/tests"
MIGRATIONS, NODE = TESTS / "migrations", TESTS / "node.py"


async def test_a_wrong_password_is_refused(pair: Pair, open_node: Opened) -> None:
    wrong = pair.primary.dsn.replace("word@", "wrong@")

    with pytest.raises(UnusableDatabase, match=r"db_dsnw: .*refuses the user or the password"):
        await open_node(db_dsnw=wrong)
    with pytest.raises(UnusableDatabase, match=r"db_dsnr: .*refuses the user or the password"):
        await open_node(db_dsnw=pair.primary.dsn, db_dsnr=wrong)


async def test_a_database_that_is_not_there_is_refused(pair: Pair, open_node: Opened) -> None:
    with pytest.raises(UnusableDatabase, match=r"no such database|GRANT ALL ON `mailx`"):
        await open_node(db_dsnw=pair.primary.dsn + "x")


async def test_a_writer_that_cannot_be_reached_is_refused(pair: Pair, open_node: Opened) -> None:
    elsewhere = pair.primary.dsn.replace(f":{pair.primary.port}/", f":{pick_free_port()}/")

    with pytest.raises(UnusableDatabase, match=r"cannot be reached.*host and port"):
        await open_node(db_dsnw=elsewhere)
    with pytest.raises(UnusableDatabase, match="cannot be reached"):
        await open_node(db_dsnw=pair.primary.dsn.replace("@127.0.0.1:", "@no-such.invalid:"))


async def test_a_replica_is_no_writer(pair: Pair, open_node: Opened) -> None:
    with pytest.raises(UnusableDatabase, match=r"db_dsnw: .*read only"):
        await open_node(db_dsnw=pair.replica.dsn)


async def test_a_writer_is_no_reader(pair: Pair, open_node: Opened) -> None:
    with pytest.raises(UnusableDatabase, match=r"db_dsnr: .*can be written"):
        await open_node(db_dsnw=pair.primary.dsn, db_dsnr=pair.primary.dsn + "?host=x")


async def test_a_reader_that_is_down_keeps_no_node_from_starting(
    pair: Pair, open_node: Opened
) -> None:
    elsewhere = pair.replica.dsn.replace(f":{pair.replica.port}/", f":{pick_free_port()}/")

    node = await open_node(db_dsnw=pair.primary.dsn, db_dsnr=elsewhere)
    async with node.read("notes") as connection:
        answer = (await connection.execute(text("SELECT 1"))).scalar_one()

    assert answer == 1
    assert (await node.plugin_health()).state == "degraded"


async def test_a_reader_of_another_cluster_is_refused(
    pair: Pair, kind: str, own_database_pair: StartPair, open_node: Opened
) -> None:
    other = own_database_pair(kind)
    async with open_nodes() as open_other:
        await open_other(db_dsnw=other.primary.dsn)
        other.even()

    with pytest.raises(UnusableDatabase, match="another cluster than the writer"):
        await open_node(db_dsnw=pair.primary.dsn, db_dsnr=other.replica.dsn)


async def test_three_nodes_bring_the_tables_up_at_once(pair: Pair, open_node: Opened) -> None:
    nodes = await asyncio.gather(*(open_node(db_dsnw=pair.primary.dsn) for _ in range(3)))

    await asyncio.gather(*(node.migrate("letters", MIGRATIONS) for node in nodes))

    async with nodes[0].read_latest() as connection:
        stamps = (await connection.execute(text("SELECT worth FROM stamps"))).scalars().all()
    assert stamps == [80]


async def kill_half_way(dsn: str, revision: str) -> None:
    """Kill a node that has done what a revision does, and not yet written down that it has."""
    node = await asyncio.create_subprocess_exec(
        sys.executable, str(NODE), dsn, str(MIGRATIONS),
        stdin=PIPE, stdout=PIPE, env={**os.environ, "HALT": revision},
    )  # fmt: skip
    assert node.stdin is not None
    assert node.stdout is not None
    assert await node.stdout.readline() == b"ready\n"
    node.stdin.write(b"\n")
    assert await node.stdout.readline() == b"half\n"
    node.kill()
    await node.wait()


async def test_a_migration_killed_half_way_is_done_again_and_makes_no_row_twice(
    pair: Pair, open_node: Opened
) -> None:
    dsn = pair.primary.dsn
    await kill_half_way(dsn, "2")
    node = await open_node(db_dsnw=dsn)
    before = await node.pending("letters", MIGRATIONS)

    await node.migrate("letters", MIGRATIONS)

    # MariaDB commits with each table; all of it is one transaction on PostgreSQL.
    assert before == (["2"] if isinstance(pair.primary, Mariadb) else ["1", "2"])
    assert await node.pending("letters", MIGRATIONS) == []
    async with node.read_latest() as connection:
        stamps = (await connection.execute(text("SELECT worth FROM stamps"))).scalars().all()
    assert stamps == [80]


def test_the_host_waits_longer_than_a_change_of_the_tables_may_take() -> None:
    config = DatabaseConfig(db_dsnw="sqlite:////srv/mail.db")

    assert config.migration_deadline < Words().start_timeout


async def test_tls_is_asked_for_and_the_name_is_checked(
    pair: Pair, open_node: Opened, certificates: Certificates
) -> None:
    dsn = pair.primary.dsn
    checked, elsewhere = {
        "pgsql": ("sslmode=verify-full&sslrootcert={}", "sslmode=require"),
        "mysql": ("ca={}", "verify_server_cert=0"),
    }[dsn[:5]]
    shown = {
        "pgsql": "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
        "mysql": "SHOW SESSION STATUS LIKE 'Ssl_version'",
    }[dsn[:5]]

    for options in (checked.format(certificates.authority), elsewhere):
        node = await open_node(db_dsnw=f"{dsn}?{options}")
        row = (await node.look_up(text(shown))).one()
        assert row[-1] not in (False, "")
