"""The forms of a DSN."""

import pytest

from satchel_database import Dsn, DsnError, Host, parse_dsn

SERVERS = [
    ("mysql://round:pass@localhost/mail", "mysql", ("round", "pass"), ["localhost"], "mail"),
    ("mysqli://round:pass@localhost/mail", "mysql", ("round", "pass"), ["localhost"], "mail"),
    ("mariadb+asyncmy://u:p@db1:3307/mail", "mysql", ("u", "p"), ["db1:3307"], "mail"),
    ("pgsql://u:p@db.example.org/mail", "postgresql", ("u", "p"), ["db.example.org"], "mail"),
    ("postgres://u:p@db/mail", "postgresql", ("u", "p"), ["db"], "mail"),
    ("postgresql+asyncpg://u:p@db:5433/mail", "postgresql", ("u", "p"), ["db:5433"], "mail"),
    ("PgSQL://u:p@db/mail", "postgresql", ("u", "p"), ["db"], "mail"),
    ("mysql(innodb)://u:p@db/mail", "mysql", ("u", "p"), ["db"], "mail"),
    ("pgsql://u:p%40ss%2F%3A@db/mail", "postgresql", ("u", "p@ss/:"), ["db"], "mail"),
    ("pgsql://u:p@ss/w?rd@db/mail", "postgresql", ("u", "p@ss/w?rd"), ["db"], "mail"),
    ("pgsql://u:a:b@db/mail", "postgresql", ("u", "a:b"), ["db"], "mail"),
    ("pgsql://us%3Aer:p+q@db/mail", "postgresql", ("us:er", "p+q"), ["db"], "mail"),
    ("pgsql://u@db/mail", "postgresql", ("u", None), ["db"], "mail"),
    ("pgsql://u:@db/mail", "postgresql", ("u", ""), ["db"], "mail"),
    ("pgsql://db/mail", "postgresql", (None, None), ["db"], "mail"),
    ("pgsql:///mail", "postgresql", (None, None), [], "mail"),
    ("pgsql://u:p@[::1]/mail", "postgresql", ("u", "p"), ["::1"], "mail"),
    ("mysql://u:p@[2001:db8::7]:3307/mail", "mysql", ("u", "p"), ["2001:db8::7:3307"], "mail"),
    ("mysql://u:p@tcp(db:3307)/mail", "mysql", ("u", "p"), ["db:3307"], "mail"),
    ("mysql://u:p@tcp+db:3307/mail", "mysql", ("u", "p"), ["db:3307"], "mail"),
    ("pgsql://u:p@db1:5432,db2/mail", "postgresql", ("u", "p"), ["db1:5432", "db2"], "mail"),
    ("pgsql://u@/mail?host=db1:5433&host=db2", "postgresql", ("u", None), ["db1:5433", "db2"],
     "mail"),
    ("pgsql://u:p@db/m%20ail;ignored", "postgresql", ("u", "p"), ["db"], "m ail"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "family", "account", "hosts", "name"), SERVERS)
def test_a_server_is_found_in_every_form(
    text: str, family: str, account: tuple[str, str], hosts: list[str], name: str
) -> None:
    dsn = parse_dsn(text)

    found = [h.name if h.port is None else f"{h.name}:{h.port}" for h in dsn.hosts]
    assert (family, account, hosts, name) == (
        dsn.family, (dsn.user, dsn.password), found, dsn.database,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("sqlite:////srv/mail.db?mode=0646", "/srv/mail.db"),
        ("sqlite:////srv/mail.db", "/srv/mail.db"),
        ("sqlite:///mail.db", "mail.db"),
        ("sqlite:///./data/mail.db", "./data/mail.db"),
        ("sqlite+aiosqlite:////srv/mail.db", "/srv/mail.db"),
        ("sqlite:////srv/m%20ail%3F.db", "/srv/m ail?.db"),
        (" sqlite:////srv/mail.db\n", "/srv/mail.db"),
    ],
)
def test_a_file_is_found_in_every_form(text: str, path: str) -> None:
    assert ("sqlite", path) == (parse_dsn(text).family, parse_dsn(text).database)


@pytest.mark.parametrize(
    "text",
    [
        "mysql://u:p@unix(/run/my.sock)/mail",
        "mysql://u:p@unix(%2Frun%2Fmy.sock)/mail",
        "mysql://u:p@unix+%2Frun%2Fmy.sock/mail",
        "mysql://u:p@/mail?unix_socket=/run/my.sock",
    ],
)
def test_a_socket_is_no_host(text: str) -> None:
    dsn = parse_dsn(text)

    assert (dsn.socket, dsn.hosts, dsn.database) == ("/run/my.sock", (), "mail")


def test_options_are_kept_and_never_stand_in_for_the_address() -> None:
    dsn = parse_dsn("pgsql://u:p@db/mail?sslmode=verify-full&host=evil&password=x%40y")

    assert (Host("db"),) == dsn.hosts
    assert (
        dsn.password, dsn.option("sslmode"), dsn.option("password"),
    ) == ("p", "verify-full", "x@y")  # fmt: skip


def test_what_says_nothing_here_is_passed_over_and_other_names_are_known() -> None:
    dsn = parse_dsn("mysql://u:p@db/mail?emulate_prepares=1&ssl_ca=/ca.pem&sslcompression=0")

    assert dsn.options == (("ca", "/ca.pem"),)


@pytest.mark.parametrize(("option", "limit"), [("", 3), ("?timeout=0.5", 0.5), ("?timeout=9", 3)])
def test_a_timeout_bounds_what_is_waited_for(option: str, limit: float) -> None:
    assert parse_dsn(f"mysql://u:p@db/mail{option}").limit(3) == limit


@pytest.mark.parametrize("value", ["soon", "0", "-1", "nan"])
def test_a_timeout_that_is_no_time_is_refused(value: str) -> None:
    with pytest.raises(DsnError, match="number of seconds"):
        parse_dsn(f"sqlite:///mail.db?timeout={value}").limit(3)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mail.db",
        "oracle://u:secret@db/mail",
        "sqlite://mail.db",
        "sqlite://",
        "sqlite:///:memory:",
        "pgsql://u:secret@db",
        "pgsql://u:secret@db/",
        "pgsql://u:secret@db:99999/mail",
        "pgsql://u:secret@db:port/mail",
        "pgsql://u:secret@::1/mail",
        "pgsql://u:secret@db1,,db2/mail",
        "pgsql://u:secret@carrier(pigeon)/mail",
        "pgsql//u:secret@db/mail",
        "pgsql://u:secret/mail",
        "pgsql://u:se:cret/mail",
        "mysql://u:77secret77/mail",
    ],
)
def test_a_malformed_dsn_is_refused_without_its_password(text: str) -> None:
    with pytest.raises(DsnError) as refused:
        parse_dsn(text)

    assert "secret" not in str(refused.value)


def test_a_password_of_digits_without_its_end_is_not_taken_for_a_port() -> None:
    with pytest.raises(DsnError) as refused:
        parse_dsn("pgsql://u:99999/mail")

    assert "99999" not in str(refused.value)


def test_the_password_is_not_shown() -> None:
    assert "secret" not in repr(Dsn("mysql", "mail", password="secret"))
