"""The tables of a plugin on their way to the newest state."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from satchel_database import Database, NewerSchema

from .conftest import Open

HERE = Path(__file__).parent
FOLDER = HERE / "migrations"


async def start_node(path: Path, **environment: str) -> Process:
    node = await asyncio.create_subprocess_exec(
        sys.executable, str(HERE / "node.py"), f"sqlite:///{path}", str(FOLDER),
        stdin=PIPE, stdout=PIPE, env={**os.environ, **environment},
    )  # fmt: skip
    assert node.stdout is not None
    assert await node.stdout.readline() == b"ready\n"
    return node


async def tables(database: Database) -> set[str]:
    async with database.read() as connection:
        found = await connection.execute(text("SELECT name FROM sqlite_master"))
        return {row[0] for row in found}


async def stamps(database: Database) -> list[int]:
    async with database.read() as connection:
        return [row[0] for row in await connection.execute(text("SELECT worth FROM stamps"))]


async def test_tables_come_to_the_newest_state_once(database: Database) -> None:
    before = await database.pending("letters", FOLDER)
    await database.migrate("letters", FOLDER)
    await database.migrate("letters", FOLDER)

    assert before == ["1", "2"]
    assert await database.pending("letters", FOLDER) == []
    assert await stamps(database) == [80]


async def test_each_plugin_has_its_own_version(database: Database) -> None:
    await database.migrate("letters", FOLDER)

    assert {"letters", "stamps", "satchel_version_letters"} <= await tables(database)
    assert await database.pending("parcels", FOLDER) == ["1", "2"]


async def test_two_prefixes_share_a_file(database: Database, open_database: Open) -> None:
    other = await open_database(db_prefix="rc_")

    await database.migrate("letters", FOLDER)
    await other.migrate("letters", FOLDER)

    expected = {"letters", "rc_letters", "satchel_version_letters", "rc_satchel_version_letters"}
    assert expected <= await tables(database)


async def test_tables_of_a_newer_version_are_refused(database: Database) -> None:
    await database.migrate("letters", FOLDER)
    async with database.write() as connection:
        await connection.execute(text("UPDATE satchel_version_letters SET version_num = '9'"))

    with pytest.raises(NewerSchema, match=r'tables of "letters".*install the version'):
        await database.migrate("letters", FOLDER)


async def test_three_nodes_start_at_once(path: Path, open_database: Open) -> None:
    nodes = [await start_node(path) for _ in range(3)]
    ends = await asyncio.gather(*(node.communicate(b"\n") for node in nodes))

    assert [node.returncode for node in nodes] == [0, 0, 0], ends
    assert await stamps(await open_database()) == [80]


async def test_a_revision_that_fails_takes_those_before_it_with_it(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE stamps (worth INTEGER)"))

    with pytest.raises(OperationalError, match="already exists"):
        await database.migrate("letters", FOLDER)

    assert {"stamps"} == await tables(database)


async def test_a_migration_killed_half_way_leaves_nothing(path: Path, open_database: Open) -> None:
    node = await start_node(path, HALT="1")
    assert node.stdin is not None
    assert node.stdout is not None
    node.stdin.write(b"\n")
    assert await node.stdout.readline() == b"half\n"
    node.kill()
    await node.wait()
    database = await open_database()

    assert set() == await tables(database)
    await database.migrate("letters", FOLDER)
    assert await stamps(database) == [80]


async def test_a_node_waits_for_a_migration_longer_than_its_deadline(
    path: Path, open_database: Open
) -> None:
    database = await open_database(deadline=0.2)
    node = await start_node(path, HALT="1")
    assert node.stdin is not None
    assert node.stdout is not None
    node.stdin.write(b"\n")
    assert await node.stdout.readline() == b"half\n"

    waiting = asyncio.create_task(database.migrate("letters", FOLDER))
    done, _ = await asyncio.wait({waiting}, timeout=0.5)
    await node.communicate(b"")
    await waiting

    assert set() == done
    assert node.returncode == 0
    assert await stamps(database) == [80]
