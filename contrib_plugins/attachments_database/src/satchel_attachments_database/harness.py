"""How the test kit makes this store, gets at its rows, and lets SQLite hang."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

import pytest
from sqlalchemy import and_, delete, select, update

from satchel_attachments_database.store import DatabaseAttachments
from satchel_attachments_database.tables import frames_table
from satchel_database import Connection, Database
from satchel_database.moved import MovedDatabase
from satchel_testkit.harness import Change, Harness
from satchel_testkit.options import Options
from satchel_testkit.relay import Hooks

# All locks of a WAL: whoever reads or writes waits for one of them.
HOLD_ALL_LOCKS = """
import fcntl, sys
with open(sys.argv[1] + "-shm", "r+b") as shared:
    fcntl.lockf(shared, fcntl.LOCK_EX, 8, 120)
    print("held", flush=True)
    sys.stdin.read()
"""

Work = Callable[[Database], Awaitable[None]]


class DatabaseHarness(Harness):
    """A file of SQLite in the folder, if no other database is named.

    On a server each medium is the tables under a prefix of its own.
    """

    can: ClassVar[frozenset[str]] = Harness.can | {"damage", "wipe", "hang_backend"}
    _holder: "subprocess.Popen[bytes] | None" = None

    def settings(self) -> Options:
        return {
            "db_dsnw": f"sqlite:///{self._file}",
            "db_prefix": f"t{sha256(str(self.folder).encode()).hexdigest()[:12]}_",
            "database": {"deadline": 3.0},
        }

    async def start(self, stack: AsyncExitStack, plugin: type, label: str, hooks: Hooks) -> object:
        """Make a plugin as usual, and the database with a clock that can be moved."""
        made = MovedDatabase if plugin is Database else plugin
        return await super().start(stack, made, label, hooks)

    def damage(self, change: Change) -> None:
        async def work(database: Database) -> None:
            async with database.write() as connection:
                await _damage(database, connection, change)

        self._do(work)

    def wipe(self) -> None:
        async def work(database: Database) -> None:
            async with database.write() as connection:
                await connection.execute(delete(frames_table(database)))

        self._do(work)

    def hang_backend(self) -> None:
        if not self._file.exists():
            pytest.skip("only SQLite can be made to hang")
        command = [sys.executable, "-c", HOLD_ALL_LOCKS, str(self._file)]
        self._holder = holder = subprocess.Popen(  # noqa: S603 # our own program
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"

    def heal_backend(self) -> None:
        if self._holder is not None:
            self._holder.communicate()
            self._holder = None

    def _do(self, work: Work) -> None:
        """Work on the rows in a loop of its own, since the test's is busy calling this."""

        async def run() -> None:
            async with self.make(Hooks()) as store:
                assert isinstance(store, DatabaseAttachments)
                await work(Database.of(store.ctx))

        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, run()).result()

    @property
    def _file(self) -> Path:
        return self.folder / "attachments.db"


async def _damage(database: Database, connection: Connection, change: Change) -> None:
    table = frames_table(database)
    at = table.c
    rows = await connection.execute(select(at.piece, at.number, at.data))
    for piece, number, data in rows:
        this, changed = and_(at.piece == piece, at.number == number), change(number, data)
        if changed is None:
            await connection.execute(delete(table).where(this))
            continue
        await connection.execute(update(table).where(this).values(data=changed))
