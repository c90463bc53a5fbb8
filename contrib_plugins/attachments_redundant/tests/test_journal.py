"""The journal on the disk."""

import errno
import os
from pathlib import Path

import pytest

from satchel_attachments_redundant.journal import Journal, Record
from satchel_attachments_redundant.ledger import Ledger
from satchel_hookspecs import ChecksumMismatch, Place
from satchel_hookspecs.group import Group

PLACE = Place("a" * 32, "g1")
RECORDS = [
    Record(PLACE, Ledger(Group(5.0, gone=("gone",)))),
    Record(PLACE, dropped="piece"),
    Record(PLACE),
]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    made = Journal(tmp_path / "journal")
    made.prepare()
    return made


def test_another_process_reads_what_was_written(journal: Journal) -> None:
    for record in RECORDS:
        journal.write(record)

    again = Journal(journal.folder)
    again.prepare()
    found = list(again.read().values())
    assert all(record in found for record in RECORDS)
    assert again.count() == len(RECORDS)


def test_only_what_was_read_is_forgotten(journal: Journal) -> None:
    journal.write(RECORDS[0])
    found = journal.read()
    journal.write(RECORDS[1])
    journal.forget(found)
    journal.forget(found)

    assert list(journal.read().values()) == [RECORDS[1]]


def test_a_record_that_was_cut_while_it_was_written_is_not_there(journal: Journal) -> None:
    (journal.folder / "0.new").write_bytes(RECORDS[0].to_bytes()[:10])

    assert journal.read() == {}


def test_a_damaged_record_says_so_and_hides_no_other(journal: Journal) -> None:
    journal.write(RECORDS[1])
    (journal.folder / "0.record").write_bytes(b"{}")

    damaged, whole = journal.read().values()
    assert isinstance(damaged, ChecksumMismatch)
    assert whole == RECORDS[1]


def fail_reads(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let a file fail to be read."""

    def read_bytes(path: Path) -> bytes:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "read_bytes", read_bytes)


def test_a_record_on_a_bad_sector_is_damaged(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.write(RECORDS[0])
    fail_reads(monkeypatch, errno.EIO)

    [found] = journal.read().values()
    assert isinstance(found, ChecksumMismatch)


def test_a_record_that_cannot_be_read_now_is_not_damaged(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.write(RECORDS[0])
    fail_reads(monkeypatch, errno.EMFILE)

    with pytest.raises(OSError, match="Too many open files"):
        journal.read()


def test_a_folder_that_is_gone_is_not_an_empty_journal(journal: Journal) -> None:
    journal.folder.rmdir()

    for question in (journal.read, journal.count, journal.damaged):
        with pytest.raises(FileNotFoundError):
            question()


def test_only_what_a_crash_left_half_written_long_ago_is_swept(journal: Journal) -> None:
    journal.write(RECORDS[0])
    for name in ("old.new", "fresh.new", "old.damaged"):
        (journal.folder / name).write_bytes(b"")
    for path in journal.folder.iterdir():
        if path.name != "fresh.new":
            os.utime(path, (0, 0))
    journal.sweep(1.0)

    left = {path.name for path in journal.folder.iterdir()}
    assert left == {"fresh.new", "old.damaged", *(path.name for path in journal.read())}


def test_only_its_user_reads_it(journal: Journal) -> None:
    journal.write(RECORDS[0])

    [path] = journal.read()
    assert (path.stat().st_mode & 0o777, journal.folder.stat().st_mode & 0o777) == (0o600, 0o700)
