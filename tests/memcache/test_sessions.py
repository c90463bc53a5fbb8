"""Sessions in real memcached: what is kept there, for how long, and what is not believed."""

import time
from typing import Any

import pytest

from satchel_hookspecs import ABSENT, Conflict
from satchel_memcache import Memcache
from satchel_session_memcache import MemcacheSessions
from tests.memcache.conftest import OpenNode, until_well
from tests.servers.fixtures import StartMemcached
from tests.servers.memcached import Memcached

KEY, OTHER = "a1" * 32, "b2" * 32
FIFTY_THOUSAND_MINUTES = 50_000 * 60

HOSTILE = [
    b"",
    b"N.",
    b"\x80\x04\x95\x19\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R.",
    b'a:1:{s:4:"user";O:3:"Foo":0:{}}',
    b"!!python/object/apply:os.system ['id']",
    b'{"user": "root"}',
    b"s1" + bytes(200),
    b"\xff" * 100_000,
]


def plant(host: Memcached, name: str, value: bytes) -> None:
    assert host.ask(b"set %s 0 0 %d\r\n%s" % (name.encode(), len(value), value)) == b"STORED\r\n"


def name_of(node: MemcacheSessions, key: str) -> str:
    return Memcache.of(node.ctx).key("session", key)


def fetch(host: Memcached, name: str) -> bytes:
    answer = host.ask(b"get " + name.encode(), b"END\r\n")
    return answer.partition(b"\r\n")[2].removesuffix(b"\r\nEND\r\n")


@pytest.mark.parametrize("forms", [("v4", "v6"), ("socket", "v6"), ("socket",)])
async def test_hosts_of_every_form_keep_sessions(
    forms: tuple[str, ...], start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    options: dict[str, dict[str, Any]] = {
        "v4": {},
        "v6": {"host": "::1"},
        "socket": {"uses_socket": True},
    }
    hosts = [start_memcached(**options[form]) for form in forms]
    nodes = [await open_node(*hosts), await open_node(*reversed(hosts))]
    version = await nodes[0].session_write(KEY, b"1", ABSENT, 60, "ann")
    record = await nodes[1].session_read(KEY)

    assert record is not None
    assert (record.data, record.version, record.owner) == (b"1", version, "ann")
    assert all(fetch(host, name_of(nodes[0], KEY)) for host in hosts)


async def test_each_session_is_on_two_of_three_hosts(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached() for _ in range(3)]
    node = await open_node(*hosts)
    keys = [f"{number:064x}" for number in range(60)]
    for key in keys:
        await node.session_write(key, b"1", ABSENT, 60, None)
    copies = [[bool(fetch(host, name_of(node, key))) for host in hosts] for key in keys]

    assert [sum(one) for one in copies] == [2] * 60
    assert all(sum(one[number] for one in copies) > 20 for number in range(3))


async def test_a_lifetime_of_fifty_thousand_minutes_is_kept(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    host = start_memcached()
    node = await open_node(host)
    await node.session_write(KEY, b"1", ABSENT, FIFTY_THOUSAND_MINUTES, "ann")
    record = await node.session_read(KEY)
    expires = int(host.ask(b"mg %s t" % name_of(node, KEY).encode()).split(b"t")[1])

    assert record is not None
    assert record.ttl == pytest.approx(FIFTY_THOUSAND_MINUTES, abs=5)
    assert expires == pytest.approx(FIFTY_THOUSAND_MINUTES + 60, abs=5)
    assert await node.session_touch(KEY, FIFTY_THOUSAND_MINUTES) is True
    assert len(await node.session_list("ann")) == 1


@pytest.mark.parametrize("value", HOSTILE)
async def test_a_poisoned_session_is_none_and_counted(
    value: bytes, start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    node = await open_node(*hosts)
    version = await node.session_write(KEY, b"1", ABSENT, 60, None)
    for host in hosts:
        plant(host, name_of(node, KEY), value)

    assert await node.session_read(KEY) is None
    with pytest.raises(Conflict) as refused:
        await node.session_write(KEY, b"2", version, 60, None)
    assert refused.value.current is None
    assert Memcache.of(node.ctx).counters["forged"] > 0


@pytest.mark.parametrize("value", HOSTILE)
async def test_one_poisoned_copy_changes_nothing(
    value: bytes, start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    node = await open_node(*hosts)
    await node.session_write(KEY, b"1", ABSENT, 60, None)
    plant(hosts[0], name_of(node, KEY), value)
    record = await node.session_read(KEY)

    assert record is not None
    assert record.data == b"1"
    assert fetch(hosts[0], name_of(node, KEY)) == fetch(hosts[1], name_of(node, KEY))


async def test_the_session_of_another_is_never_shown(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    host = start_memcached()
    node = await open_node(host)
    await node.session_write(OTHER, b"of ben", ABSENT, 60, "ben")
    plant(host, name_of(node, KEY), fetch(host, name_of(node, OTHER)))

    assert await node.session_read(KEY) is None
    counters = Memcache.of(node.ctx).counters
    assert (counters["foreign"], counters["closed"]) == (2, 1)
    assert await node.session_write(KEY, b"of ann", ABSENT, 60, "ann")


async def test_what_another_installation_sealed_is_not_believed(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    host = start_memcached()
    node = await open_node(host)
    await node.session_write(KEY, b"1", ABSENT, 60, None)
    sealed = fetch(host, name_of(node, KEY))
    plant(host, name_of(node, KEY), sealed[:-1] + bytes([sealed[-1] ^ 1]))

    assert await node.session_read(KEY) is None


async def test_two_installations_share_hosts_under_their_prefixes(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    host = start_memcached()
    nodes = [await open_node(host, memcache_prefix=prefix) for prefix in ("one", "two")]
    await nodes[0].session_write(KEY, b"1", ABSENT, 60, "ann")

    assert await nodes[1].session_read(KEY) is None
    assert list(await nodes[1].session_list("ann")) == []


@pytest.mark.parametrize(
    "key", ["", "a b\r\nflush_all\r\n", "ключ 🔑", "k" * 10_000, "\0", "\udcff"]
)
async def test_a_strange_key_is_a_key(
    key: str, start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    node = await open_node(start_memcached())
    await node.session_write(KEY, b"other", ABSENT, 60, None)
    await node.session_write(key, b"mine", ABSENT, 60, key)
    record = await node.session_read(key)

    assert record is not None
    assert (record.data, record.owner) == (b"mine", key)
    assert [info.key for info in await node.session_list(key)] == [key]
    assert await node.session_destroy(key) is True
    assert await node.session_read(KEY) is not None


async def test_a_touch_keeps_a_session_on_the_owners_list(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    now = time.time()
    node = await open_node(start_memcached(), clock=lambda: now)
    await node.session_write(KEY, b"1", ABSENT, 600, "ann")

    for _ in range(6):
        now += 500
        assert await node.session_touch(KEY, 600) is True
        assert [info.ttl for info in await node.session_list("ann")] == [pytest.approx(600)]


async def test_a_session_that_changes_hands_is_on_its_new_owners_list_alone(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    node = await open_node(start_memcached())
    version = await node.session_write(KEY, b"1", ABSENT, 60, None)
    version = await node.session_write(KEY, b"2", version, 60, "ann")
    await node.session_write(KEY, b"3", version, 60, "ben")

    assert list(await node.session_list("ann")) == []
    assert [info.key for info in await node.session_list("ben")] == [KEY]


async def test_an_ended_session_stays_ended_on_a_host_that_hung_meanwhile(
    start_memcached: StartMemcached, open_node: OpenNode
) -> None:
    hosts = [start_memcached(), start_memcached()]
    node = await open_node(*hosts)
    version = await node.session_write(KEY, b"1", ABSENT, 60, "ann")
    for host in hosts:
        host.freeze()
        await node.session_destroy(KEY)
        host.thaw()
        await until_well(node)

        assert await node.session_read(KEY) is None
        with pytest.raises(Conflict) as refused:
            await node.session_write(KEY, b"late", version, 60, "ann")
        assert refused.value.current is None
