"""What an operator may set, and what is refused before anything is opened."""

from typing import Any

import pytest

from satchel_database import DatabaseConfig, parse_dsn
from satchel_database.prefix import Prefix, parse_prefix

from .conftest import Open

DSN = "sqlite:////srv/mail.db"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"db_dsnw": "sqlite+pysqlcipher:////srv/mail.db"}, 'no engine is called "pysqlcipher"'),
        ({"db_dsnw": "pgsql+psycopg://u:secret@db/mail"}, 'no engine is called "psycopg"'),
        ({"db_dsnw": "pgsql://u:secret@db/mail?sslmod=require"}, 'no option "sslmod", only .*ssl'),
        ({"db_dsnw": "pgsql://u:secret@db/mail?sslmode=on"}, '"on" is no sslmode'),
        ({"db_dsnw": "mysql://u:secret@db/mail?charset=latin1"}, 'always "utf8mb4"'),
        ({"db_dsnr": "pgsql://u:secret@db/mail"}, "databases of different kinds"),
        ({"db_table_dsn": {"cache": "x"}}, '"cache" is "x", and must be "r" or "w"'),
        ({"db_dsnw": DSN + "?cache=shared"}, 'no option "cache", only mode'),
        ({"db_dsnw": DSN + "?mode=rw"}, '"rw" must be octal'),
        ({"db_dsnw": ""}, "db_dsnw: A DSN looks like"),
        ({"db_dsnr": "sqlite:////srv/other.db"}, "no replicas: leave db_dsnr empty"),
        ({"db_dsnr": "nonsense"}, "db_dsnr: A DSN looks like"),
        ({"db_prefix": "mail."}, "SQLite has no schemas"),
        ({"db_prefix": 'x"; DROP TABLE y'}, "must be at most 20 letters"),
        ({"deadline": 0}, "deadline must be more than 0"),
        ({"connections": 0}, "connections must be more than 0"),
        ({"readers": -1}, "readers must be more than 0"),
    ],
)
def test_a_wrong_setting_is_refused_with_the_way_out(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message) as refused:
        DatabaseConfig(**{"db_dsnw": DSN, **options})

    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("writer", "reader"),
    [
        (DSN, "sqlite+aiosqlite:////srv/mail.db?"),
        (DSN, ""),
        ("pgsql://u:p@db/mail", "postgresql+asyncpg://u:p@tcp(db)/mail"),
        ("mysql://u:p@db/mail", "mariadb://u:p@db/mail"),
        ("mysql://u:p@db/mail", ""),
    ],
)
def test_there_is_no_reader_where_it_is_the_writer(writer: str, reader: str) -> None:
    assert DatabaseConfig(db_dsnw=writer, db_dsnr=reader).replica is None


def test_a_reader_is_another_server_than_the_writer() -> None:
    config = DatabaseConfig(db_dsnw="pgsql://u:p@db/mail", db_dsnr="pgsql://u:p@copy/mail")

    assert config.replica == parse_dsn("pgsql://u:p@copy/mail")


def test_a_prefix_may_name_a_schema() -> None:
    assert Prefix("mail", "rc_") == parse_prefix("mail.rc_")
    assert parse_prefix("mail.rc_").name("sessions") == "rc_sessions"


@pytest.mark.parametrize(
    ("family", "module", "extra"),
    [("pgsql", "asyncpg", "postgresql"), ("mysql", "asyncmy", "mariadb")],
)
def test_a_missing_driver_is_told_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch, family: str, module: str, extra: str
) -> None:
    monkeypatch.setattr("satchel_database.families.find_spec", {module: None}.get)

    with pytest.raises(ValueError, match=rf'db_dsnw: .*pip install "satchel-database\[{extra}\]"'):
        DatabaseConfig(db_dsnw=f"{family}://u:secret@db/mail")


def test_the_routes_of_tables_have_no_prefix() -> None:
    config = DatabaseConfig(db_dsnw=DSN, db_prefix="rc_", db_table_dsn={"cache": "r"})

    assert config.routes(["cache", "contacts"]) == {"r", None}


async def test_a_route_for_a_table_that_nobody_keeps_is_told(open_database: Open) -> None:
    database = await open_database(db_table_dsn={"cache": "r"})
    right = await open_database(db_table_dsn={"userdata_cache": "r"})
    for each in (database, right):
        each.table("userdata_cache")

    health = await database.plugin_health()

    assert (await right.plugin_health()).state == "ok"
    assert health.state == "degraded"
    assert 'db_table_dsn names "cache"' in health.detail
    assert "only userdata_cache" in health.detail
