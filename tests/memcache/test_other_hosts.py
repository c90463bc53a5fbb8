"""Nodes that are told of other hosts one after the other, as they are started anew."""

import asyncio

import pytest

from satchel_hookspecs import ABSENT
from satchel_session_memcache import MemcacheSessions
from tests.memcache.conftest import OpenNode
from tests.servers.fixtures import StartMemcached

KEYS = [f"{number:064x}" for number in range(40)]
CHANGES = {
    "a second one": ("a", "ab"),
    "one more": ("ab", "abc"),
    "one in the place of another": ("abc", "adc"),
    "one of two in the place of another": ("ab", "ac"),
    "one less": ("abc", "ac"),
}


async def contents(node: MemcacheSessions) -> list[bytes | None]:
    """What each session holds."""
    found = await asyncio.gather(*(node.session_read(key) for key in KEYS))
    return [None if record is None else record.data for record in found]


async def write(node: MemcacheSessions, data: bytes) -> None:
    """Change every session."""
    for key in KEYS:
        record = await node.session_read(key)
        expect = ABSENT if record is None else record.version
        await node.session_write(key, data, expect, 600, "ann")


@pytest.mark.parametrize("change", CHANGES)
async def test_nodes_that_differ_in_one_host_lose_no_session_and_revive_none(
    change: str, start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = {name: start_memcached() for name in sorted({*"".join(CHANGES[change])})}
    before, after = [
        await open_node(*(hosts[name] for name in names), memcache_timeout=5.0)
        for names in CHANGES[change]
    ]
    await write(before, b"0")
    for number, node in enumerate([after, before, after, before]):
        assert await contents(node) == [b"%d" % number] * len(KEYS)
        await write(node, b"%d" % (number + 1))
    assert len(await after.session_list("ann")) == len(KEYS)

    for node, keys in ((before, KEYS[::2]), (after, KEYS[1::2])):
        await asyncio.gather(*(node.session_destroy(key) for key in keys))
    assert [*await contents(before), *await contents(after)] == [None] * 2 * len(KEYS)
