"""What an operator can set."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from satchel_database.dsn import Dsn, DsnError, parse_dsn
from satchel_database.families import check_dsn
from satchel_database.prefix import PrefixError, parse_prefix
from satchel_hookspecs import shared

Route = Literal["r", "w"]


@dataclass(frozen=True)
class DatabaseConfig:
    """The settings of the database.

    ``deadline`` is how many seconds a transaction may take, its wait for a turn included, and
    ``migration_deadline`` the same for the changes of the tables at start. ``connections`` is how
    many a server is given, for writing and as many for reading from a replica; ``readers`` is how
    many read a file of SQLite at a time. ``db_table_dsn`` names tables that are always read from
    the writer ("w"), or from the reader however far behind it is ("r").
    """

    db_dsnw: str = shared()
    db_dsnr: str = shared("")
    db_prefix: str = shared("")
    db_table_dsn: dict[str, Route] | None = shared(None)
    deadline: float = 3.0
    migration_deadline: float = 60.0
    readers: int = 4
    connections: int = 10

    def __post_init__(self) -> None:
        writer = _usable("db_dsnw", self.db_dsnw)
        replica = _usable("db_dsnr", self.db_dsnr) if self.db_dsnr else None
        if replica and replica.family != writer.family:
            raise DsnError("db_dsnr: the reader and the writer are databases of different kinds.")
        if writer.family == "sqlite":
            _check_file(writer, replica, self.db_prefix)
        for name, route in (self.db_table_dsn or {}).items():
            if route not in ("r", "w"):
                raise ValueError(f'db_table_dsn: "{name}" is "{route}", and must be "r" or "w".')
        parse_prefix(self.db_prefix)
        for name in ("deadline", "migration_deadline", "readers", "connections"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be more than 0.")

    @property
    def replica(self) -> Dsn | None:
        """The reader, if it is another than the writer."""
        if not self.db_dsnr:
            return None
        writer, found = (
            replace(parse_dsn(dsn), driver=None) for dsn in (self.db_dsnw, self.db_dsnr)
        )
        return None if found == writer or found.family == "sqlite" else found

    def routes(self, tables: Iterable[str]) -> set[Route | None]:
        """What ``db_table_dsn`` says of these tables, ``None`` for one that it does not name."""
        known = self.db_table_dsn or {}
        return {known.get(table) for table in tables}

    def check_routes(self, tables: Iterable[str]) -> str:
        """What is wrong with ``db_table_dsn`` when these are all tables that there are, if any."""
        unknown = sorted(set(self.db_table_dsn or ()) - set(tables))
        if not unknown:
            return ""
        return (
            f'db_table_dsn names "{unknown[0]}", and no plugin in use keeps such a table, only '
            f"{', '.join(sorted(tables))}."
        )


def _usable(name: str, given: str) -> Dsn:
    try:
        dsn = parse_dsn(given)
        check_dsn(dsn)
    except DsnError as error:
        raise DsnError(f"{name}: {error}") from None
    return dsn


def _check_file(writer: Dsn, replica: Dsn | None, prefix: str) -> None:
    if replica and replica.database != writer.database:
        raise DsnError("SQLite has no replicas: leave db_dsnr empty, or equal to db_dsnw.")
    if parse_prefix(prefix).schema:
        raise PrefixError(f'SQLite has no schemas: leave the dot out of "{prefix}".')
