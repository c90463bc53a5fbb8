"""Nodes that are killed in an outage, and a database that hangs."""

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from satchel_hookspecs import BLOCK
from tests.redundant.conftest import Cluster, until_well
from tests.redundant.node import at, content_of, listed, open_group, upload

ROOT = Path(__file__).parents[3]


async def start_node(cluster: Cluster, name: str) -> Process:
    hosts = " ".join(host.address for host in cluster.hosts)
    arguments = [str(cluster.disk(name)), cluster.database.dsn, hosts, cluster.prefix]
    node = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.redundant.node", *arguments, stdin=PIPE, stdout=PIPE, cwd=ROOT
    )
    assert await answer(node) == b"ready\n"
    return node


async def answer(node: Process) -> bytes:
    assert node.stdout is not None
    async with asyncio.timeout(30):
        return await node.stdout.readline()


async def tell(node: Process, verb: str, id: str, text: str = "") -> None:
    assert node.stdin is not None
    node.stdin.write(json.dumps([verb, id, text]).encode() + b"\n")
    assert await answer(node) == b"done\n"


@pytest.mark.parametrize("forgets", [False, True], ids=["hosts_remember", "hosts_forget"])
async def test_the_journal_of_a_node_that_was_killed_is_replayed_once(
    forgets: bool, cluster: Cluster
) -> None:
    async with cluster.make("other") as other:
        await open_group(other)
        await upload(other, b"old", at("old"))
    node = await start_node(cluster, "one")
    try:
        cluster.database.kill()
        await tell(node, "upload", "new", "new")
        await tell(node, "rename", "new", "renamed.txt")
        await tell(node, "delete", "old")
    finally:
        node.kill()
        await node.communicate()
    for host in cluster.hosts if forgets else ():
        host.restart()
    cluster.database.start()

    back = await cluster.open("one")
    await until_well(back)
    assert await listed(back) == {"new": "renamed.txt"}
    assert list(cluster.disk("one").glob("attachments_journal/*")) == []
    assert set(cluster.rows("piece", "pieces")) == {file.stem for file in cluster.files("one")}
    assert await content_of(await cluster.open("two"), at("new")) == b"new"


async def test_a_database_that_hangs_costs_its_deadline_once(cluster: Cluster) -> None:
    node = await cluster.open(deadline=1.5)
    await open_group(node)
    await upload(node, b"old", at("old"))
    cluster.database.freeze()
    try:
        began = time.monotonic()
        await upload(node, os.urandom(2 * BLOCK), at("new"))
        first = time.monotonic() - began
        began = time.monotonic()
        for _ in range(10):
            assert set(await listed(node)) == {"old", "new"}
        assert await content_of(node, at("old")) == b"old"
        later = time.monotonic() - began
    finally:
        cluster.database.thaw()

    assert first < 2 * 1.5 + 1
    assert later < 1.5
    await until_well(node)
    assert len(cluster.rows("piece", "pieces")) == 2
