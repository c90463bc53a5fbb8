"""Many writers of one session, on several nodes."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from satchel_hookspecs import ABSENT, Conflict
from tests.memcache.conftest import OpenNode
from tests.memcache.node import KEY
from tests.servers.fixtures import StartMemcached
from tests.servers.memcached import Memcached

NODE = "tests.memcache.node"
ROOT = Path(__file__).parents[2]


async def start_node(hosts: list[Memcached], tasks: int, times: int) -> Process:
    addresses = " ".join(host.address for host in hosts)
    node = await asyncio.create_subprocess_exec(
        sys.executable, "-m", NODE, addresses, str(tasks), str(times),
        cwd=ROOT, stdin=PIPE, stdout=PIPE,
    )  # fmt: skip
    assert node.stdout is not None
    assert await node.stdout.readline() == b"ready\n"
    return node


@pytest.mark.parametrize("count", [1, 2, 3])
async def test_no_change_is_lost_between_two_processes(
    count: int, start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached() for _ in range(count)]
    store = await open_node(*hosts)
    await store.session_write(KEY, b"{}", ABSENT, 3600, None)
    nodes = [await start_node(hosts, tasks=8, times=100) for _ in range(2)]

    await asyncio.gather(*(node.communicate(b"go\n") for node in nodes))

    assert [node.returncode for node in nodes] == [0, 0]
    record = await store.session_read(KEY)
    assert record is not None
    assert list(json.loads(record.data).values()) == [100] * 16


async def test_of_many_who_create_one_wins(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    nodes = [await open_node(*hosts), await open_node(*hosts)]

    done = await asyncio.gather(
        *(nodes[n % 2].session_write(KEY, b"%d" % n, ABSENT, 60, None) for n in range(20)),
        return_exceptions=True,
    )

    assert [isinstance(one, Conflict) for one in done].count(False) == 1


async def test_sign_ins_at_once_are_all_listed(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    nodes = [await open_node(*hosts), await open_node(*hosts)]

    await asyncio.gather(
        *(nodes[n % 2].session_write(f"{n:064x}", b"", ABSENT, 60, "ann") for n in range(20))
    )

    assert len(await nodes[0].session_list("ann")) == 20
