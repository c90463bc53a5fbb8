"""The address of a database, in the forms that operators know from ``db_dsnw``."""

import re
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote

Family = Literal["sqlite", "postgresql", "mysql"]

_FAMILIES: dict[str, Family] = {
    "sqlite": "sqlite",
    "pgsql": "postgresql",
    "postgres": "postgresql",
    "postgresql": "postgresql",
    "mysql": "mysql",
    "mysqli": "mysql",
    "mariadb": "mysql",
}
_FORM = re.compile(r"(?P<scheme>\w+)(?:\+(?P<driver>\w+)|\([^)]*\))?://(?P<rest>.*)", re.DOTALL)
_PROTOCOL = re.compile(
    r"(?P<name>\w+)(?:\((?P<inner>[^)]*)\)|\+(?P<host>[^/?]*))(?P<rest>.*)", re.DOTALL
)
_HOST = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.%]+)\]|(?P<name>[^:\[\]]+))(?::(?P<port>\d{1,5}))?")
# Whoever forgets the "@" has the password where a host is expected: that is never quoted.
PASSWORDS = 'Before it, user and password end with "@".'
# What says nothing here: values are never part of a statement, and TLS compresses nothing.
MOOT = {"emulate_prepares", "sslcompression"}
SAME = {f"ssl_{name}": name for name in ("ca", "capath", "cert", "key", "cipher")}


class DsnError(ValueError):
    """A DSN that names no database; the message never quotes the password."""


@dataclass(frozen=True, slots=True)
class Host:
    """One host of a DSN; ``port`` is ``None`` for the usual one."""

    name: str
    port: int | None = None


@dataclass(frozen=True, slots=True)
class Dsn:
    """A database and how to reach it; ``database`` is a path for SQLite.

    Options never stand in for what the address itself says.
    """

    family: Family
    database: str
    driver: str | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    hosts: tuple[Host, ...] = ()
    socket: str | None = None
    options: tuple[tuple[str, str], ...] = ()

    def option(self, name: str) -> str | None:
        """The last value given for an option, or ``None``."""
        return dict(self.options).get(name)

    def limit(self, seconds: float) -> float:
        """So many seconds, or those of the option ``timeout`` where they are fewer."""
        try:
            asked = float(self.option("timeout") or seconds)
        except ValueError:
            asked = -1.0
        if not asked > 0:
            raise DsnError("The timeout is a number of seconds.")
        return min(seconds, asked)


def parse_dsn(text: str) -> Dsn:
    """Read a DSN: Roundcube's MDB2 forms and SQLAlchemy's URLs.

    The password may hold any letter, because the last ``@`` ends it; an ``@`` in an option is
    written ``%40``.
    """
    form = _FORM.fullmatch(text.strip())
    if form is None:
        raise DsnError('A DSN looks like "sqlite:////folder/mail.db" or "pgsql://user@host/name".')
    scheme = form["scheme"].lower()
    if scheme not in _FAMILIES:
        raise DsnError(f'"{scheme}" is no database that is known: {", ".join(_FAMILIES)}.')
    if _FAMILIES[scheme] == "sqlite":
        return _parse_file(form["driver"], form["rest"])
    return _parse_server(_FAMILIES[scheme], form["driver"], form["rest"])


def _parse_file(driver: str | None, rest: str) -> Dsn:
    if rest and not rest.startswith("/"):
        raise DsnError('A file takes three slashes, "sqlite:///mail.db", or four if absolute.')
    path, _, query = rest[1:].partition("?")
    name = _database(path)
    if name in ("", ":memory:"):
        raise DsnError("A database in memory forgets everything: name a file.")
    return Dsn("sqlite", name, driver, options=_options(query))


def _parse_server(family: Family, driver: str | None, rest: str) -> Dsn:
    account, _, address = rest.rpartition("@")
    user, colon, password = account.partition(":")
    where, _, query = address.partition("?")
    options = _options(query)
    hosts, socket, path = _address(where)
    if not hosts and socket is None:
        hosts, socket = _address_in(options)
    name = _database(path)
    if not name:
        raise DsnError('The DSN names no database: add "/NAME" after the host.')
    return Dsn(
        family, name, driver, unquote(user) or None, unquote(password) if colon else None,
        hosts, socket, options,
    )  # fmt: skip


def _address(where: str) -> tuple[tuple[Host, ...], str | None, str]:
    protocol = _PROTOCOL.fullmatch(where)
    if protocol is None:
        names, _, path = where.partition("/")
        return _hosts(names), None, path
    path = protocol["rest"].removeprefix("/")
    if protocol["name"] == "tcp":
        return _hosts(protocol["inner"] or protocol["host"] or ""), None, path
    if protocol["name"] == "unix" and (socket := protocol["inner"] or protocol["host"]):
        return (), unquote(socket), path
    raise DsnError('After the "@" come a host, "tcp(HOST:PORT)" or "unix(/PATH)".')


def _address_in(options: tuple[tuple[str, str], ...]) -> tuple[tuple[Host, ...], str | None]:
    found = [value for name, value in options if name in ("host", "unix_socket")]
    sockets = [value for value in found if value.startswith("/")]
    if sockets:
        return (), sockets[0]
    return _hosts(",".join(found)), None


def _hosts(names: str) -> tuple[Host, ...]:
    return tuple(_host(name.strip()) for name in names.split(",")) if names else ()


def _host(text: str) -> Host:
    found = _HOST.fullmatch(text)
    if found is None:
        raise DsnError(f"A host is written HOST, HOST:PORT or [V6]:PORT. {PASSWORDS}")
    port = int(found["port"]) if found["port"] else None
    if port is not None and not 0 < port < 65536:
        raise DsnError(f"A port goes from 1 to 65535. {PASSWORDS}")
    return Host(found["v6"] or unquote(found["name"]), port)


def _database(path: str) -> str:
    return unquote(path.partition(";")[0])


def _options(query: str) -> tuple[tuple[str, str], ...]:
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    named = ((unquote(name), unquote(value)) for name, _, value in pairs)
    return tuple((SAME.get(name, name), value) for name, value in named if name not in MOOT)
