"""What an operator may set, and what is refused before anything is opened."""

from typing import Any

import pytest

from satchel_database import DatabaseConfig, parse_dsn
from satchel_database.prefix import Prefix, parse_prefix

DSN = "sqlite:////srv/mail.db"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"db_dsnw": "pgsql://u:secret@db/mail"}, "db_dsnw: .*brings SQLite alone.*postgresql"),
        ({"db_dsnw": "mysql://u:secret@db/mail"}, "no engine for mysql"),
        ({"db_dsnw": "sqlite+pysqlcipher:////srv/mail.db"}, "brings SQLite alone"),
        ({"db_dsnw": DSN + "?cache=shared"}, 'no option "cache", only mode'),
        ({"db_dsnw": DSN + "?mode=rw"}, '"rw" must be octal'),
        ({"db_dsnw": ""}, "db_dsnw: A DSN looks like"),
        ({"db_dsnr": "sqlite:////srv/other.db"}, "no replicas: leave db_dsnr empty"),
        ({"db_dsnr": "nonsense"}, "db_dsnr: A DSN looks like"),
        ({"db_prefix": "mail."}, "SQLite has no schemas"),
        ({"db_prefix": 'x"; DROP TABLE y'}, "must be at most 20 letters"),
        ({"deadline": 0}, "deadline must be more than 0"),
        ({"readers": -1}, "readers must be more than 0"),
    ],
)
def test_a_wrong_setting_is_refused_with_the_way_out(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message) as refused:
        DatabaseConfig(**{"db_dsnw": DSN, **options})

    assert "secret" not in str(refused.value)


def test_a_reader_may_be_named_if_it_is_the_writer() -> None:
    config = DatabaseConfig(db_dsnw=DSN, db_dsnr="sqlite+aiosqlite:////srv/mail.db?")

    assert parse_dsn(config.db_dsnw).database == "/srv/mail.db"


def test_a_prefix_may_name_a_schema() -> None:
    assert Prefix("mail", "rc_") == parse_prefix("mail.rc_")
    assert parse_prefix("mail.rc_").name("sessions") == "rc_sessions"
