"""How the test kit makes this store, and lets SQLite hang."""

import subprocess
import sys
from contextlib import AsyncExitStack
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

import pytest

from satchel_database import Database
from satchel_database.moved import MovedDatabase
from satchel_testkit.harness import Harness
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


class DatabaseHarness(Harness):
    """A file of SQLite in the folder, if no other database is named.

    On a server each medium is the tables under a prefix of its own.
    """

    can: ClassVar[frozenset[str]] = Harness.can | {"hang_backend"}
    _holder: "subprocess.Popen[bytes] | None" = None

    def settings(self) -> Options:
        prefix = f"t{sha256(str(self.folder).encode()).hexdigest()[:12]}_"
        return {
            "db_dsnw": f"sqlite:///{self._file}",
            "db_prefix": prefix,
            "database": {"deadline": 3.0},
        }

    async def start(self, stack: AsyncExitStack, plugin: type, label: str, hooks: Hooks) -> object:
        """Make a plugin as usual, and the database with a clock that can be moved."""
        made = MovedDatabase if plugin is Database else plugin
        return await super().start(stack, made, label, hooks)

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

    @property
    def _file(self) -> Path:
        return self.folder / "sessions.db"
