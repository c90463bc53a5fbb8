"""What a host that fails may cost, and what an absence proves then."""

import asyncio
import time

import pytest

from satchel_hookspecs import ABSENT, Unavailable
from satchel_memcache import Memcache
from tests.memcache.conftest import OpenNode, until_well
from tests.servers.fixtures import StartMemcached

KEY = "a1" * 32
HOUR, DAY, YEAR = 3600, 86400, 365 * 86400


async def test_a_hung_host_costs_its_deadline_once(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    node = await open_node(*hosts, memcache_timeout=0.3, memcache_retry_interval=30)
    await node.session_write(KEY, b"1", ABSENT, 60, None)
    hosts[0].freeze()

    before = Memcache.of(node.ctx).counters["closed"]
    for _ in range(50):
        assert await node.session_read(KEY) is not None

    assert Memcache.of(node.ctx).counters["closed"] - before <= 2
    assert Memcache.of(node.ctx).counters["refused"] >= 48


async def test_with_one_host_an_outage_is_unavailable_and_never_absent(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    host = start_memcached()
    node = await open_node(host)
    await node.session_write(KEY, b"1", ABSENT, 60, "ann")
    host.freeze()

    for _ in range(3):
        with pytest.raises(Unavailable):
            await node.session_read(KEY)
        with pytest.raises(Unavailable):
            await node.session_list("ann")
    host.thaw()
    await until_well(node)

    assert await node.session_read(KEY) is not None


async def test_one_host_that_was_restarted_knows_nothing_and_takes_new_sessions(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    host = start_memcached()
    node = await open_node(host)
    await node.session_write(KEY, b"1", ABSENT, 60, None)
    host.restart()

    assert await node.session_read(KEY) is None
    assert await node.session_write(KEY, b"2", ABSENT, 60, None)


async def test_of_hosts_that_began_together_one_alone_proves_an_absence(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    node = await open_node(*hosts)
    hosts[1].kill()

    assert await node.session_read(KEY) is None
    assert await node.session_write(KEY, b"1", ABSENT, 60, "ann")


async def test_a_host_that_came_later_proves_no_absence(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    hosts[0].ask(b"set satchel:born 0 0 10\r\n1700000000")
    node = await open_node(*hosts)
    hosts[0].kill()

    with pytest.raises(Unavailable):
        await node.session_read(KEY)


async def test_when_the_other_dies_a_young_host_alone_proves_no_absence(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    node = await open_node(*hosts)
    await node.session_write(KEY, b"1", ABSENT, 60, None)
    hosts[0].restart()
    hosts[1].kill()

    with pytest.raises(Unavailable):
        await node.session_read(KEY)
    assert Memcache.of(node.ctx).counters["unsure"] == 1


async def test_when_the_other_dies_an_old_host_alone_proves_an_absence(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    node = await open_node(*hosts)
    old = b"set satchel:born 0 0 10\r\n1000000000"
    for host in hosts:
        host.ask(old)
    hosts[1].kill()

    assert await node.session_read(KEY) is None
    assert await node.session_write(KEY, b"1", ABSENT, 60, None)


@pytest.mark.parametrize(
    ("settings", "age", "is_believed"),
    [
        ({"keep_signed_in": 0}, 48 * HOUR, False),
        ({"keep_signed_in": 0}, 50 * HOUR, True),
        ({}, 29 * DAY, False),
        ({}, 31 * DAY, True),
        ({"session_lifetime_max": 1000}, 999 * HOUR, False),
        ({"longest": 60 * DAY}, 59 * DAY, False),
    ],
)
async def test_a_node_that_has_just_begun_believes_a_host_that_is_older_than_any_value(
    settings: dict[str, float],
    age: float,
    is_believed: bool,
    start_memcached: StartMemcached,
    open_node: OpenNode,
) -> None:
    hosts = [start_memcached(), start_memcached()]
    for host, begun in zip(hosts, (YEAR, age), strict=True):
        host.ask(b"set satchel:born 0 0 10\r\n%d" % (time.time() - begun))
    node = await open_node(*hosts, **settings)
    hosts[0].kill()

    [answer] = await asyncio.gather(node.session_read(KEY), return_exceptions=True)
    assert (answer is None) == is_believed
    assert is_believed or isinstance(answer, Unavailable)


async def test_a_flush_makes_a_host_young(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    node = await open_node(*hosts)
    for host in hosts:
        host.ask(b"set satchel:born 0 0 10\r\n1000000000")
    hosts[0].flush()
    hosts[1].kill()

    with pytest.raises(Unavailable):
        await node.session_read(KEY)


async def test_a_restart_of_one_and_then_of_the_other_loses_nothing_that_was_read_between(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    node = await open_node(*hosts)
    await node.session_write(KEY, b"1", ABSENT, 60, None)

    for host in hosts * 2:
        host.restart()
        record = await node.session_read(KEY)
        assert record is not None

    assert Memcache.of(node.ctx).counters["repaired"] == 4
