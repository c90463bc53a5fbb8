"""What a DSN and a prefix may say beside host and name, on real servers."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

import satchel_attachments_database
import satchel_userdata
from satchel_database import Database, UnusableDatabase
from satchel_hookspecs import ABSENT
from satchel_session_db import DatabaseSessions
from tests.databases.nodes import Opened, make_context
from tests.databases.test_refusals import MIGRATIONS
from tests.servers.certificates import Certificates
from tests.servers.databases import Pair
from tests.servers.mariadb import Mariadb
from tests.servers.programs import find_program


@pytest.fixture
def elsewhere(pair: Pair) -> Iterator[str]:
    """Another schema of the owner's, and its name."""
    primary = pair.primary
    if isinstance(primary, Mariadb):
        primary.sql("CREATE DATABASE post; GRANT ALL ON post.* TO mail@'127.0.0.1'")
    else:
        primary.sql("CREATE SCHEMA post AUTHORIZATION mail")
    yield "post"
    primary.sql(
        "DROP DATABASE post" if isinstance(primary, Mariadb) else "DROP SCHEMA post CASCADE"
    )


async def told(database: Database, statement: str) -> object:
    return (await database.look_up(text(statement))).one()[-1]


def tables_in(pair: Pair, schema: str) -> set[str]:
    told = pair.primary.sql(
        "SELECT concat(table_schema, ' ', table_name) FROM information_schema.tables"
    )
    rows = (line.split() for line in told.splitlines())
    return {name for place, name in rows if place == schema}


@pytest.fixture
def authorities(certificates: Certificates, tmp_path: Path) -> Path:
    """A folder in which the authority is found by its name."""
    (tmp_path / "authority.pem").write_bytes(certificates.authority.read_bytes())
    subprocess.run([find_program("openssl"), "rehash", tmp_path], check=True)
    return tmp_path


async def test_a_prefix_may_name_another_schema(
    pair: Pair, elsewhere: str, open_node: Opened
) -> None:
    node = await open_node(db_dsnw=pair.primary.dsn, db_prefix=f"{elsewhere}.rc_")
    using = make_context("db", {"database": node})
    for plugin in (satchel_userdata, satchel_attachments_database):
        name = plugin.__name__.removeprefix("satchel_")
        await node.migrate(name, Path(str(plugin.__file__)).parent / "migrations")
    store = DatabaseSessions(None, using)
    async with store.plugin_lifespan(using):
        await store.session_write("a" * 64, b"data", ABSENT, 60, "anna")
        kept = await store.session_read("a" * 64)

    there = tables_in(pair, elsewhere)
    assert kept is not None
    assert kept.data == b"data"
    assert {"rc_sessions", "rc_userdata_contacts", "rc_attachment_frames"} <= there
    assert all(name.startswith("rc_") for name in there)
    assert not tables_in(pair, "public") | tables_in(pair, "mail") - {"satchel_cluster"}


async def test_postgresql_takes_a_schema_and_a_name_from_the_dsn(
    pair: Pair, elsewhere: str, open_node: Opened
) -> None:
    if isinstance(pair.primary, Mariadb):
        pytest.skip("MariaDB has no such options")
    dsn = f"{pair.primary.dsn}?schema={elsewhere}&application_name=webmail"
    node = await open_node(db_dsnw=dsn)

    await node.migrate("letters", MIGRATIONS)

    assert "letters" in tables_in(pair, elsewhere)
    assert await told(node, "SELECT current_setting('application_name')") == "webmail"


async def test_a_server_is_reached_over_its_socket(pair: Pair, open_node: Opened) -> None:
    primary = pair.primary
    if isinstance(primary, Mariadb):
        primary.sql("CREATE OR REPLACE USER mail@localhost IDENTIFIED BY 'word'")
        primary.sql("GRANT ALL ON mail.* TO mail@localhost")
        asked, found = "SELECT SUBSTRING_INDEX(USER(), '@', -1)", "localhost"
    else:
        asked, found = "SELECT coalesce(inet_server_port()::text, 'none')", "none"
    scheme = primary.dsn.partition(":")[0]

    for address in (f"unix({primary.socket})/mail", f"/mail?host={primary.socket}"):
        node = await open_node(db_dsnw=f"{scheme}://mail:word@{address}")
        assert await told(node, asked) == found


async def test_postgresql_is_shown_a_certificate_and_looks_for_revoked_ones(
    pair: Pair, open_node: Opened, certificates: Certificates
) -> None:
    if isinstance(pair.primary, Mariadb):
        pytest.skip("MariaDB has other names for it")
    checked = f"{pair.primary.dsn}?sslmode=verify-full&sslrootcert={certificates.authority}"
    mine = f"&sslcert={certificates.wrong_name_certificate}&sslkey={certificates.wrong_name_key}"
    asked = "SELECT coalesce(client_dn, '') FROM pg_stat_ssl WHERE pid = pg_backend_pid()"

    shown = await open_node(db_dsnw=checked + mine)
    silent = await open_node(db_dsnw=checked)

    assert await told(silent, asked) == ""
    assert "trustme" in str(await told(shown, asked))
    with pytest.raises(UnusableDatabase, match=r"not accepted \(certificate revoked\)"):
        await open_node(db_dsnw=f"{checked}&sslcrl={certificates.revocations}")


async def test_mariadb_is_shown_a_certificate_and_takes_a_folder_of_authorities(
    pair: Pair, open_node: Opened, certificates: Certificates, authorities: Path
) -> None:
    if not isinstance(pair.primary, Mariadb):
        pytest.skip("PostgreSQL has other names for it")
    pair.primary.sql(
        "CREATE OR REPLACE USER carded@'127.0.0.1' IDENTIFIED BY 'word' REQUIRE X509;"
        "GRANT ALL ON mail.* TO carded@'127.0.0.1'"
    )
    carded = f"mysql://carded:word@127.0.0.1:{pair.primary.port}/mail?capath={authorities}"
    mine = f"&cert={certificates.wrong_name_certificate}&key={certificates.wrong_name_key}"

    node = await open_node(db_dsnw=carded + mine)

    assert await told(node, "SHOW SESSION STATUS LIKE 'Ssl_version'") == "TLSv1.3"
    with pytest.raises(UnusableDatabase, match="refuses the user or the password"):
        await open_node(db_dsnw=carded)
    (authorities / "authority.pem").unlink()
    with pytest.raises(UnusableDatabase, match="certificate of the server is not accepted"):
        await open_node(db_dsnw=carded + mine)
