"""What an operator can set."""

from dataclasses import dataclass, fields

from satchel_database.dsn import Dsn, DsnError, parse_dsn
from satchel_database.prefix import PrefixError, parse_prefix
from satchel_database.sqlite_file import file_mode
from satchel_hookspecs import shared


@dataclass(frozen=True)
class DatabaseConfig:
    """The settings of the database.

    ``deadline`` is how many seconds a transaction may take, its wait for a turn included, and
    ``migration_deadline`` the same for the changes of the tables at start. ``readers`` is how many
    connections read at a time.
    """

    db_dsnw: str = shared()
    db_dsnr: str = shared("")
    db_prefix: str = shared("")
    deadline: float = 3.0
    migration_deadline: float = 60.0
    readers: int = 4

    def __post_init__(self) -> None:
        writer = _usable("db_dsnw", self.db_dsnw)
        if self.db_dsnr and _usable("db_dsnr", self.db_dsnr).database != writer.database:
            raise DsnError("SQLite has no replicas: leave db_dsnr empty, or equal to db_dsnw.")
        if parse_prefix(self.db_prefix).schema:
            raise PrefixError(f'SQLite has no schemas: leave the dot out of "{self.db_prefix}".')
        for each in fields(self)[3:]:
            if not getattr(self, each.name) > 0:
                raise ValueError(f"{each.name} must be more than 0.")


def _usable(name: str, text: str) -> Dsn:
    try:
        dsn = parse_dsn(text)
    except DsnError as error:
        raise DsnError(f"{name}: {error}") from None
    if dsn.family != "sqlite" or dsn.driver not in (None, "aiosqlite", "pysqlite"):
        raise DsnError(
            f'{name}: this version of satchel-database brings SQLite alone ("sqlite:////FILE"), '
            f"and no engine for {dsn.family}."
        )
    file_mode(dsn)
    return dsn
