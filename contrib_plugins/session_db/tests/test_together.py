"""Many writers of one session, on one node and on several."""

import asyncio
import sqlite3
import sys
import time
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from satchel_hookspecs import ABSENT, Conflict, Unavailable
from satchel_session_db import DatabaseSessions

from .conftest import Clock, Open
from .node import add

pytestmark = pytest.mark.usefixtures("unmeasured")
KEY = "a1" * 32
NODE = Path(__file__).parent / "node.py"


async def number(store: DatabaseSessions) -> int:
    record = await store.session_read(KEY)
    assert record is not None
    return int(record.data)


async def test_no_change_is_lost_between_two_instances(open_store: Open) -> None:
    stores = [await open_store(), await open_store()]
    await stores[0].session_write(KEY, b"0", ABSENT, 3600, None)

    await asyncio.gather(*(add(stores[task % 2], KEY, 100) for task in range(16)))

    assert await number(stores[1]) == 1600


async def start_node(path: Path, times: int) -> Process:
    node = await asyncio.create_subprocess_exec(
        sys.executable, str(NODE), str(path), KEY, str(times), stdin=PIPE, stdout=PIPE
    )
    assert node.stdout is not None
    assert await node.stdout.readline() == b"ready\n"
    return node


async def test_no_change_is_lost_between_two_processes(
    open_store: Open, path: Path, clock: Clock
) -> None:
    clock.now = time.time()
    store = await open_store()
    await store.session_write(KEY, b"0", ABSENT, 3600, None)
    nodes = [await start_node(path, 200) for _ in range(2)]

    await asyncio.gather(*(node.communicate(b"go\n") for node in nodes))

    assert [node.returncode for node in nodes] == [0, 0]
    assert await number(store) == 400


async def test_of_many_who_create_one_wins(open_store: Open) -> None:
    stores = [await open_store(), await open_store()]

    done = await asyncio.gather(
        *(stores[n % 2].session_write(KEY, b"%d" % n, ABSENT, 60, None) for n in range(20)),
        return_exceptions=True,
    )

    assert [isinstance(one, Conflict) for one in done].count(False) == 1


async def test_sweepers_that_meet_count_every_row_once(open_store: Open, clock: Clock) -> None:
    stores = [await open_store(), await open_store()]
    for key in range(60):
        await stores[0].session_write(f"{key:064x}", b"", ABSENT, 60, None)
    clock.now += 60

    reports = await asyncio.gather(*(stores[n % 2].session_gc(20) for n in range(6)))

    assert sum(report.removed for report in reports) == 60


async def test_a_locked_database_is_unavailable_and_not_absent(
    open_store: Open, path: Path
) -> None:
    store = await open_store(deadline=0.3)
    version = await store.session_write(KEY, b"1", ABSENT, 60, None)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(Unavailable):
        await store.session_write(KEY, b"2", version, 60, None)
    seen = await number(store)
    other.close()

    assert seen == 1
