"""SQLite: one file, one writer, several readers."""

import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from satchel_database.driver import Driver, Role
from satchel_database.idle import IdlePool
from satchel_database.quiet import LOG, keep_rows_out_of_logs
from satchel_hookspecs import StorageFull, Unavailable

WRITER = Role(
    settings=("PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON"),
    begin="BEGIN IMMEDIATE",
)
READER = Role(settings=("PRAGMA query_only = ON",), begin="BEGIN")
FAILURES = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_NOLFS,
}  # fmt: skip


def make_engine(path: Path, role: Role, lock_wait: float) -> AsyncEngine:
    """An engine of SQLAlchemy over the file; ``lock_wait`` is for locks of other processes."""
    keep_rows_out_of_logs()
    return create_async_engine(
        "sqlite+aiosqlite://",
        logging_name=LOG,
        poolclass=IdlePool,
        pool_reset_on_return=None,
        hide_parameters=True,
        connect_args={"async_creator_fn": partial(_driver, path, role, lock_wait)},
    )


def connect(path: Path, lock_wait: float) -> sqlite3.Connection:
    """Open the file, which must be there; a transaction is begun by hand."""
    address = f"file:{quote(str(path))}?mode=rw"
    return sqlite3.connect(
        address, uri=True, timeout=lock_wait, isolation_level=None, check_same_thread=False
    )


def translate(error: Exception) -> Exception:
    """What the contract says of it; a mistake in a statement stays what it is."""
    if not isinstance(error, DBAPIError):
        return Unavailable(f"The database cannot be used at the moment: {error}.")
    code = primary_code(error.orig)
    if code == sqlite3.SQLITE_FULL:
        return StorageFull("The database has no room left.")
    if code in FAILURES or error.connection_invalidated:
        return Unavailable(f"The database cannot be used at the moment: {error.orig}.")
    return error


def primary_code(error: BaseException | None) -> int | None:
    """SQLite's own number for it, without the details."""
    extended = getattr(error, "sqlite_errorcode", None)
    return None if extended is None else extended & 0xFF


def _driver(path: Path, role: Role, lock_wait: float, *_: object, **__: object) -> Driver:
    opening: Callable[[], sqlite3.Connection] = partial(connect, path, lock_wait)
    return Driver(opening, role)
