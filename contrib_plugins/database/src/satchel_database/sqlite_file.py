"""The file of a SQLite database: made, looked at, and refused at start when it cannot be used."""

import asyncio
import os
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

from satchel_database.dsn import Dsn, DsnError
from satchel_database.errors import UnusableDatabase
from satchel_database.sqlite import connect, primary_code

OPTIONS = {"mode", "timeout"}
PAUSE = 0.02


class SqliteFile:
    """The file that a DSN names; a relative path starts at the current folder."""

    def __init__(self, dsn: Dsn) -> None:
        self.path = Path(dsn.database).absolute()
        self._mode = file_mode(dsn)

    async def prepare(self, seconds: float) -> None:
        """Make the file if it is not there, and see that it can be written."""
        try:
            await asyncio.to_thread(self._prepare, time.monotonic() + seconds)
        except OSError as error:
            raise UnusableDatabase(
                f'The database file "{self.path}" cannot be made: {error.strerror}. Name another '
                "in db_dsnw, or make its folder and let this process write there."
            ) from error
        except sqlite3.Error as error:
            raise UnusableDatabase(
                f'The database file "{self.path}" cannot be used: {error}. {_way_out(error)}'
            ) from error

    def _prepare(self, end: float) -> None:
        with suppress(FileExistsError):
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL)
            os.fchmod(descriptor, self._mode)
            os.close(descriptor)
        while True:
            try:
                return self._try_out()
            except sqlite3.OperationalError as error:
                if primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                    raise
            time.sleep(PAUSE)

    def _try_out(self) -> None:
        # SQLite does not wait for the lock here by itself: nodes that start together would fail.
        with closing(connect(self.path, 0)) as connection:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            if mode != "wal":
                raise sqlite3.NotSupportedError(f'the folder allows only the journal "{mode}"')
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")


def file_mode(dsn: Dsn) -> int:
    """The permissions that the DSN gives to a new file, 0600 if none."""
    unknown = {name for name, _ in dsn.options} - OPTIONS
    if unknown:
        raise DsnError(f'SQLite has no option "{min(unknown)}", only {", ".join(sorted(OPTIONS))}.')
    text = dsn.option("mode") or "0600"
    try:
        return int(text, 8) & 0o666
    except ValueError:
        raise DsnError(f'The mode "{text}" must be octal, such as 0640.') from None


def _way_out(error: sqlite3.Error) -> str:
    code = primary_code(error)
    if code == sqlite3.SQLITE_BUSY:
        return "Another process holds it locked: end that one first."
    if code == sqlite3.SQLITE_NOTADB:
        return "Move it away, or name another file in db_dsnw."
    return "It must be on a local disk, and this process must be able to write it and its folder."
