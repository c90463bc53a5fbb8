"""Which databases there are, and what each needs to be installed."""

from importlib.util import find_spec

from satchel_database.dsn import Dsn, DsnError
from satchel_database.family import Family
from satchel_database.sqlite_file import file_mode

DRIVERS = {
    "sqlite": ("aiosqlite", "pysqlite"),
    "postgresql": ("asyncpg",),
    "mysql": ("asyncmy", "pymysql"),
}
EXTRAS = {"postgresql": ("asyncpg", "postgresql"), "mysql": ("asyncmy", "mariadb")}
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
OPTIONS = {
    "postgresql": {
        "sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl", "application_name", "schema",
        "host",
    },
    "mysql": {
        "ca", "capath", "cert", "key", "cipher", "verify_server_cert", "charset", "host",
        "unix_socket", "timeout",
    },
}  # fmt: skip


def check_dsn(dsn: Dsn) -> None:
    """Raise ``DsnError`` when no engine here can use it."""
    if dsn.driver is not None and dsn.driver not in DRIVERS[dsn.family]:
        raise DsnError(
            f'no engine is called "{dsn.driver}": leave the "+{dsn.driver}" out of the DSN.'
        )
    dsn.limit(1)
    if dsn.family == "sqlite":
        file_mode(dsn)
        return
    _check_options(dsn)
    module, extra = EXTRAS[dsn.family]
    if find_spec(module) is None:
        raise DsnError(f'the driver is missing. Run: pip install "satchel-database[{extra}]"')


def make_family(writer: Dsn, replica: Dsn | None) -> Family:
    """The database that a DSN names; its driver is imported here and not before."""
    if writer.family == "postgresql":
        from satchel_database.postgresql import Postgresql

        return Postgresql(writer, replica)
    if writer.family == "mysql":
        from satchel_database.mariadb import Mariadb

        return Mariadb(writer, replica)
    from satchel_database.sqlite_family import Sqlite

    return Sqlite(writer)


def _check_options(dsn: Dsn) -> None:
    known = OPTIONS[dsn.family]
    unknown = {name for name, _ in dsn.options} - known
    if unknown:
        raise DsnError(f'there is no option "{min(unknown)}", only {", ".join(sorted(known))}.')
    mode = dsn.option("sslmode")
    if mode is not None and mode not in SSL_MODES:
        raise DsnError(f'"{mode}" is no sslmode, only {", ".join(SSL_MODES)}.')
    if dsn.option("charset") not in (None, "utf8mb4"):
        raise DsnError('the charset is always "utf8mb4": leave it out.')
