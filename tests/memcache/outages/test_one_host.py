"""Any one host dies, hangs, forgets or comes back empty under load, and no user notices."""

from collections.abc import Callable

import pytest

from tests.memcache.conftest import OpenNode, until_well
from tests.memcache.load import Load
from tests.servers.fixtures import StartMemcached
from tests.servers.memcached import Memcached

PROMPT = 0.5

Step = Callable[[Memcached], None]
FAULTS: dict[str, tuple[Step, Step]] = {
    "killed": (Memcached.kill, Memcached.start),
    "hung": (Memcached.freeze, Memcached.thaw),
    "flushed": (Memcached.flush, lambda _: None),
    "restarted empty": (Memcached.restart, lambda _: None),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("count", [2, 3])
async def test_no_user_notices_one_host(
    count: int, fault: str, start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached() for _ in range(count)]
    nodes = [await open_node(*hosts, memcache_timeout=0.2) for _ in range(2)]
    begin, end = FAULTS[fault]

    async with Load(nodes) as load:
        for host in hosts:
            await load.go_on()
            begin(host)
            await load.go_on()
            end(host)
            await until_well(*nodes)
            await load.check_all()

    assert load.unavailable == []
    assert load.slowest < PROMPT + load.stalled


async def test_an_only_host_that_hangs_is_unavailable_at_once_and_loses_nothing(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    host = start_memcached()
    nodes = [await open_node(host, memcache_timeout=0.2) for _ in range(2)]

    async with Load(nodes) as load:
        await load.go_on()
        assert load.unavailable == []
        host.freeze()
        await load.go_on()
        host.thaw()
        await until_well(*nodes)
        await load.go_on()
        await load.check_all()

    assert load.unavailable != []
    assert load.slowest < PROMPT + load.stalled
