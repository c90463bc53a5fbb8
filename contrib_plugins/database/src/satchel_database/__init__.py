"""The database engines of satchel: a writer, readers, and migrations."""

from satchel_database.config import DatabaseConfig
from satchel_database.connection import Connection
from satchel_database.database import Database
from satchel_database.dsn import Dsn, DsnError, Host, parse_dsn
from satchel_database.errors import NewerSchema, Overtaken, UnusableDatabase
from satchel_database.prefix import Prefix, PrefixError
from satchel_database.rows import Row, Rows

__all__ = [
    "Connection",
    "Database",
    "DatabaseConfig",
    "Dsn",
    "DsnError",
    "Host",
    "NewerSchema",
    "Overtaken",
    "Prefix",
    "PrefixError",
    "Row",
    "Rows",
    "UnusableDatabase",
    "parse_dsn",
]
