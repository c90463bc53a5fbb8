"""Files that can be used, and files that are refused at start."""

import os
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from satchel_database import UnusableDatabase

from .conftest import Open


@contextmanager
def without_rights() -> Iterator[Path]:
    """A folder that anybody may see, and a user who may write nowhere in it."""
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        sqlite3.connect(path / "mail.db").close()
        (path / "mail.db").chmod(0o444)
        path.chmod(0o555)
        if user == 0:
            os.seteuid(65534)
        try:
            yield path
        finally:
            if user == 0:
                os.seteuid(user)
            path.chmod(0o755)


async def test_a_new_file_is_private(open_database: Open, path: Path) -> None:
    await open_database()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_the_mode_of_the_dsn_is_given_to_a_new_file(open_database: Open, path: Path) -> None:
    await open_database(db_dsnw=f"sqlite:///{path}?mode=0646")

    assert stat.S_IMODE(path.stat().st_mode) == 0o646


async def test_a_relative_path_starts_at_the_current_folder(
    open_database: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    await open_database(db_dsnw="sqlite:///here.db")

    assert (tmp_path / "here.db").exists()


async def test_strange_letters_in_a_path_are_letters(open_database: Open, tmp_path: Path) -> None:
    await open_database(db_dsnw=f"sqlite:///{tmp_path}/%3Fmode=ro%23 %25é.db")

    assert (tmp_path / "?mode=ro# %é.db").exists()


async def test_a_missing_folder_is_refused(open_database: Open, tmp_path: Path) -> None:
    with pytest.raises(UnusableDatabase, match=r'missing/mail\.db" cannot be made: No such file'):
        await open_database(db_dsnw=f"sqlite:///{tmp_path}/missing/mail.db")


async def test_a_folder_is_no_database(open_database: Open, tmp_path: Path) -> None:
    with pytest.raises(UnusableDatabase, match="cannot be used"):
        await open_database(db_dsnw=f"sqlite:///{tmp_path}")


async def test_another_kind_of_file_is_refused_and_left_alone(
    open_database: Open, path: Path
) -> None:
    path.write_bytes(b"Dear diary, " * 400)

    with pytest.raises(UnusableDatabase, match=r"not a database\. Move it away"):
        await open_database()

    assert path.read_bytes() == b"Dear diary, " * 400


async def test_a_locked_file_is_refused_in_time(open_database: Open, locked: Any) -> None:
    async with locked("BEGIN EXCLUSIVE"):
        with pytest.raises(UnusableDatabase, match="Another process holds it locked"):
            await open_database(deadline=0.3)


async def test_a_file_that_cannot_be_written_is_refused(open_database: Open) -> None:
    with (
        without_rights() as folder,
        pytest.raises(UnusableDatabase, match="must be able to write it and its folder"),
    ):
        await open_database(db_dsnw=f"sqlite:///{folder}/mail.db")


async def test_a_folder_that_cannot_be_written_is_refused(open_database: Open) -> None:
    with (
        without_rights() as folder,
        pytest.raises(UnusableDatabase, match="cannot be made: Permission denied"),
    ):
        await open_database(db_dsnw=f"sqlite:///{folder}/new.db")
