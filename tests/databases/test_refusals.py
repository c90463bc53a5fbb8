"""What is told at start about a server that cannot be used: each time the true way out."""

from pathlib import Path

import pytest

from satchel_database import UnusableDatabase
from tests.databases.nodes import Opened
from tests.servers.certificates import Certificates
from tests.servers.databases import Pair
from tests.servers.mariadb import Mariadb
from tests.servers.ports import pick_free_port
from tests.servers.scripted_databases import Bouncer, Greeter

MIGRATIONS = Path(__file__).parents[2] / "contrib_plugins/database/tests/migrations"
FILES = {
    "pgsql": ("sslrootcert", "sslcert", "sslkey", "sslcrl"),
    "mysql": ("ca", "capath", "cert", "key"),
}


@pytest.fixture
def guest(pair: Pair) -> str:
    """The DSN of a user who may read and write, but make no tables."""
    primary = pair.primary
    if isinstance(primary, Mariadb):
        primary.sql(
            "CREATE OR REPLACE USER guest@'127.0.0.1' IDENTIFIED BY 'guest';"
            "GRANT SELECT, INSERT, UPDATE, DELETE ON mail.* TO guest@'127.0.0.1'"
        )
    else:
        # psql takes each of the statements of one run as one transaction
        primary.sql("DROP ROLE IF EXISTS guest")
        primary.sql("CREATE ROLE guest LOGIN PASSWORD 'guest'")
        primary.sql("GRANT USAGE ON SCHEMA public TO PUBLIC")
    scheme, _, address = primary.dsn.partition("://")
    return f"{scheme}://guest:guest@{address.rpartition('@')[2]}"


async def test_a_file_for_tls_that_is_missing_is_named(pair: Pair, open_node: Opened) -> None:
    for option in FILES[pair.primary.dsn[:5]]:
        asked = f"?{option}=/no/such/file"

        with pytest.raises(UnusableDatabase, match=f'db_dsnw: "/no/such/file", which "{option}"'):
            await open_node(db_dsnw=pair.primary.dsn + asked)
        with pytest.raises(UnusableDatabase, match=r'db_dsnr: "/no/such/file".*No such file'):
            await open_node(db_dsnw=pair.primary.dsn, db_dsnr=pair.replica.dsn + asked)


async def test_options_for_tls_that_cannot_be_used_are_named(
    pair: Pair, open_node: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "text").write_text("This is no certificate.")
    monkeypatch.setenv("HOME", str(tmp_path))
    wrong = {
        "pgsql": (f"sslrootcert={tmp_path / 'text'}&sslmode=verify-ca", "sslmode=verify-full"),
        "mysql": (f"ca={tmp_path / 'text'}", "cipher=NONSENSE"),
    }[pair.primary.dsn[:5]]

    for options in wrong:
        with pytest.raises(UnusableDatabase, match=r"db_dsnw: .*(options)") as refused:
            await open_node(db_dsnw=f"{pair.primary.dsn}?{options}")
        assert "host and port" not in str(refused.value)


async def test_a_certificate_of_somebody_else_is_told_as_such(
    pair: Pair, open_node: Opened, certificates: Certificates
) -> None:
    option = {"pgsql": "sslmode=verify-full&sslrootcert=", "mysql": "ca="}[pair.primary.dsn[:5]]
    asked = f"{pair.primary.dsn}?{option}{certificates.wrong_name_certificate}"

    with pytest.raises(UnusableDatabase, match=r"certificate of the server is not accepted"):
        await open_node(db_dsnw=asked)


async def test_a_user_who_may_make_no_tables_is_told_what_to_grant(
    pair: Pair, guest: str, open_node: Opened
) -> None:
    await open_node(db_dsnw=pair.primary.dsn)
    node = await open_node(db_dsnw=guest)
    statement = {
        "pgsql": 'GRANT USAGE, CREATE ON SCHEMA "public" TO "guest"',
        "mysql": "GRANT ALL ON `mail`.* TO 'guest'@'%'",
    }[guest[:5]]

    with pytest.raises(UnusableDatabase, match='tables of "letters" cannot be made') as refused:
        await node.migrate("letters", MIGRATIONS)

    assert str(refused.value).endswith(statement)
    assert "CREATE TABLE" not in str(refused.value)
    pair.primary.sql(statement.replace("%", "127.0.0.1"))
    node = await open_node(db_dsnw=guest)
    await node.migrate("letters", MIGRATIONS)
    assert await node.pending("letters", MIGRATIONS) == []


async def test_a_schema_that_is_not_there_is_told_as_such(pair: Pair, open_node: Opened) -> None:
    node = await open_node(db_dsnw=pair.primary.dsn, db_prefix="nowhere.")

    with pytest.raises(UnusableDatabase, match=r"(?i)create (it|what is missing).*nowhere"):
        await node.migrate("letters", MIGRATIONS)


async def test_of_several_hosts_each_is_told_with_its_way_out(
    pair: Pair, open_node: Opened
) -> None:
    dead, replica = f"127.0.0.1:{pick_free_port()}", f"127.0.0.1:{pair.replica.port}"
    both = pair.replica.dsn.replace(f"@{replica}/", f"@{dead},{replica}/")

    with pytest.raises(UnusableDatabase, match=r"^db_dsnw: ") as refused:
        await open_node(db_dsnw=both)

    assert f"{dead}: the server cannot be reached" in str(refused.value)
    assert f"{replica}: It is" in str(refused.value)


async def test_a_mariadb_user_without_rights_is_told_so_at_the_first_start(
    pair: Pair, guest: str, open_node: Opened
) -> None:
    if not isinstance(pair.primary, Mariadb):
        pytest.skip("PostgreSQL needs no table to know its clusters apart")

    with pytest.raises(UnusableDatabase, match=r"db_dsnw: the user may not .*GRANT ALL ON `mail`"):
        await open_node(db_dsnw=guest)


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("8.0.36", "no MariaDB but MySQL 8.0.36"),
        ("5.5.5-10.5.28-MariaDB-log", "MariaDB has to be 10.6 or newer"),
        ("5.5.5-5.5.68-MariaDB", "MariaDB has to be 10.6 or newer"),
    ],
)
async def test_mysql_and_old_versions_of_mariadb_are_refused(
    version: str, told: str, open_node: Opened
) -> None:
    with Greeter(version) as server:
        dsn = f"mysql://mail:word@{server.host}:{server.port}/mail"

        with pytest.raises(UnusableDatabase, match=told):
            await open_node(db_dsnw=dsn)


async def test_a_pooler_that_refuses_what_a_connection_begins_with_is_told_as_such(
    open_node: Opened,
) -> None:
    with Bouncer() as server:
        dsn = f"pgsql://mail:word@{server.host}:{server.port}/mail"

        with pytest.raises(UnusableDatabase, match=r"statement_timeout.*ignore_startup_param"):
            await open_node(db_dsnw=dsn)
