"""How the test kit makes this store, and gets at both copies of its pieces."""

import hashlib
from pathlib import Path
from typing import ClassVar

from satchel_attachments_database import DatabaseAttachments
from satchel_attachments_database.harness import DatabaseHarness
from satchel_attachments_filesystem import FilesystemAttachments
from satchel_attachments_filesystem.harness import FilesystemHarness
from satchel_testkit.harness import Change, Harness
from satchel_testkit.options import Options


class RedundantHarness(DatabaseHarness):
    """Files in the folder, SQLite too if no other database is named, and the ``memcache_hosts``.

    In memcached each folder has a prefix of its own. What the store does while one of them is
    down is tested where they can be stopped.
    """

    can: ClassVar[frozenset[str]] = Harness.can | {"damage", "wipe"}

    def __init__(self, store: type, label: str, folder: Path, options: Options) -> None:
        super().__init__(store, label, folder, options)
        self._files = FilesystemHarness(
            FilesystemAttachments, "attachments_filesystem", folder, options
        )
        self._rows = DatabaseHarness(DatabaseAttachments, "attachments_database", folder, options)

    def settings(self) -> Options:
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()
        return {
            **super().settings(),
            "temp_dir": self.folder,
            "memcache_prefix": digest[:16],
            "memcache_timeout": 2.0,
        }

    def damage(self, change: Change) -> None:
        self._files.damage(change)
        self._rows.damage(change)

    def wipe(self) -> None:
        self._files.wipe()
        self._rows.wipe()
