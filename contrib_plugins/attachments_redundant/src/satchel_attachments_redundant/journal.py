"""The journal: what this node did that the database does not know yet, on the local disk.

All functions block; call them in a thread.
"""

import errno
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from satchel_attachments_filesystem.pieces import sync_folder, write_new
from satchel_attachments_redundant.ledger import Ledger
from satchel_hookspecs import ChecksumMismatch, Place

SUFFIX = ".record"
DAMAGED = ".damaged"
NEW = ".new"


@dataclass(frozen=True, slots=True)
class Record:
    """A place to look after: its ledger as it was committed, or a piece that was dropped.

    With neither, pieces of the place were written that the database lacks.
    """

    place: Place
    ledger: Ledger | None = None
    dropped: str | None = None

    def to_bytes(self) -> bytes:
        """What ``from_bytes`` reads."""
        fields = {
            "owner": self.place.owner,
            "group": self.place.group,
            "ledger": None if self.ledger is None else self.ledger.to_bytes().decode(),
            "dropped": self.dropped,
        }
        return json.dumps(fields).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Record":
        """Read a record; ``ChecksumMismatch`` when it is none."""
        try:
            fields = json.loads(raw)
            text, place = fields["ledger"], Place(fields["owner"], fields["group"])
            ledger = None if text is None else Ledger.from_bytes(text.encode())
            return cls(place, ledger, fields["dropped"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ChecksumMismatch("A record of the journal is damaged.") from error


class Journal:
    """Keeps records, each a file that is written once and deleted when it is done with.

    So another process may work through the same folder at the same time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self) -> None:
        """Create the folder."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        sync_folder(self.folder.parent)

    def write(self, record: Record) -> None:
        """Keep a record, and return when it is on the disk."""
        name = secrets.token_hex(16)
        fresh = self.folder / f"{name}{NEW}"
        try:
            write_new(fresh, record.to_bytes())
        except OSError:
            fresh.unlink(missing_ok=True)
            raise
        fresh.rename(self.folder / f"{name}{SUFFIX}")
        sync_folder(self.folder)

    def read(self) -> Mapping[Path, Record | ChecksumMismatch]:
        """Every record by its file; one that is damaged, or on a bad sector, says so."""
        found: dict[Path, Record | ChecksumMismatch] = {}
        for path in self._paths():
            try:
                found[path] = Record.from_bytes(path.read_bytes())
            except FileNotFoundError:
                continue  # another process is done with it
            except ChecksumMismatch as error:
                found[path] = error
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                found[path] = ChecksumMismatch(f"'{path}' cannot be read.")
        return found

    def put_aside(self, path: Path) -> None:
        """Read a damaged record no more; it stays, for an operator to look at."""
        path.rename(path.with_suffix(DAMAGED))

    def count(self) -> int:
        """How many records there are."""
        return len(self._paths())

    def damaged(self) -> Sequence[Path]:
        """The records that were put aside."""
        return self._paths(DAMAGED)

    def sweep(self, before: float) -> None:
        """Delete what a crash left half written before that time."""
        for path in self._paths(NEW):
            if path.stat().st_mtime < before:
                path.unlink(missing_ok=True)

    def forget(self, paths: Iterable[Path]) -> None:
        """Delete records that are done with."""
        for path in paths:
            path.unlink(missing_ok=True)

    def _paths(self, suffix: str = SUFFIX) -> Sequence[Path]:
        # Not glob: a folder that is gone has no records for it, and here that is an error.
        return sorted(path for path in self.folder.iterdir() if path.suffix == suffix)
