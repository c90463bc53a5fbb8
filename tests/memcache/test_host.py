"""One host, with whatever it may answer: late, garbled, another's, or nothing at all."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from math import ceil
from threading import Event
from typing import Any, TypeVar

import pytest

from satchel_hookspecs import StorageFull, TooLarge, Unavailable
from satchel_memcache import Counters, Host, Seen, Token, parse_address
from satchel_memcache.line import Line
from satchel_memcache.worker import BATCH
from tests.memcache.garbling import GarblingProxy
from tests.servers.fault_proxy import FaultProxy
from tests.servers.fixtures import StartMemcached
from tests.servers.memcached import Memcached
from tests.servers.ports import LOOPBACK

GREETING = b"add born 0 0 1\r\n1\r\n"
TIMEOUT = 0.4
KEEP = 600

Answer = TypeVar("Answer")
OpenHost = Callable[..., Host]


@pytest.fixture
def counters() -> Counters:
    return Counters()


@pytest.fixture
async def open_host(counters: Counters) -> AsyncIterator[OpenHost]:
    async with AsyncExitStack() as stack:

        def open_one(address: str, timeout: float = TIMEOUT, retry: float = 0.05) -> Host:
            host = Host(parse_address(address), timeout, retry, lambda: GREETING, counters)
            host.start()
            stack.push_async_callback(host.close)
            return host

        yield open_one


async def until_answered(ask: Callable[[], Awaitable[Seen]]) -> Seen:
    async with asyncio.timeout(10):
        while True:
            try:
                return await ask()
            except Unavailable:
                await asyncio.sleep(0.01)


def counting(name: str, function: Callable[..., Any], asked: Counter[str]) -> Callable[..., Any]:
    """The function, which is counted under this name."""

    def call(*arguments: Any) -> Any:
        asked[name] += 1
        return function(*arguments)

    return call


async def raw(host: Host, key: str) -> bytes | None:
    return (await host.look(key)).raw


async def token_of(host: Host, key: str) -> Token:
    token = (await host.look(key)).token
    assert isinstance(token, Token)
    return token


async def test_what_was_added_is_there(
    start_memcached: StartMemcached, open_host: OpenHost
) -> None:
    host = open_host(start_memcached().address)

    assert await raw(host, "key") is None
    assert await host.add("key", b"a\r\nEND\r\n", KEEP) is True
    assert await host.add("key", b"b", KEEP) is False
    assert await raw(host, "key") == b"a\r\nEND\r\n"


async def test_cas_replaces_the_state_that_it_names(
    start_memcached: StartMemcached, open_host: OpenHost
) -> None:
    host = open_host(start_memcached().address)
    await host.add("key", b"1", KEEP)
    token = await token_of(host, "key")

    assert await host.cas("key", b"2", token, KEEP) is True
    assert await host.cas("key", b"3", token, KEEP) is False
    assert await host.cas("other", b"3", token, KEEP) is False
    assert await raw(host, "key") == b"2"


async def together(host: Host, asking: Iterable[Awaitable[Answer]]) -> list[Answer]:
    """Ask all of this while the host's thread is held, and wait for the answers."""
    gate = Event()
    held = asyncio.ensure_future(host.run(lambda _: gate.wait(10)))
    await asyncio.sleep(0)
    calls = [asyncio.ensure_future(one) for one in asking]
    await asyncio.sleep(0)
    gate.set()
    assert await held
    return await asyncio.gather(*calls)


async def test_calls_that_come_together_are_asked_together(
    start_memcached: StartMemcached, open_host: OpenHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = open_host(start_memcached().address, timeout=10)
    await host.look("key")
    asked = Counter[str]()
    for name in ("fetch", "talk"):
        monkeypatch.setattr(Line, name, counting(name, getattr(Line, name), asked))

    added = await together(host, (host.add(f"{n}", b"%d" % n, KEEP) for n in range(300)))
    found = await together(host, (host.look(f"{n % 300}") for n in range(600)))

    assert all(added)
    assert [one.raw for one in found] == [b"%d" % (n % 300) for n in range(600)]
    # The one that holds the thread may be the first of a batch.
    assert asked["talk"] <= ceil(301 / BATCH) < 10
    assert asked["fetch"] <= ceil(601 / BATCH) < 20


@pytest.mark.parametrize("form", ["v6", "socket"])
async def test_every_form_of_address_answers(
    form: str, start_memcached: StartMemcached, open_host: OpenHost
) -> None:
    server = start_memcached(host="::1") if form == "v6" else start_memcached(uses_socket=True)
    host = open_host(server.address)
    await host.add("key", b"1", KEEP)

    assert await raw(host, "key") == b"1"


async def test_a_name_with_several_addresses_reaches_the_one_that_listens(
    start_memcached: StartMemcached, open_host: OpenHost
) -> None:
    host = open_host(f"localhost:{start_memcached().port}")

    assert await raw(host, "key") is None


async def test_a_host_that_is_not_there_is_unavailable_at_once(
    start_memcached: StartMemcached, open_host: OpenHost
) -> None:
    server = start_memcached()
    server.kill()
    host = open_host(server.address)

    with pytest.raises(Unavailable, match="refused"):
        await host.look("key")
    assert host.trouble is not None
    server.start()
    assert (await until_answered(lambda: host.look("key"))).raw is None


async def test_a_host_that_takes_longer_to_connect_to_than_to_answer_is_found_again(
    start_memcached: StartMemcached, open_host: OpenHost
) -> None:
    server = start_memcached()
    with FaultProxy(server.host, server.port) as proxy:
        host = open_host(f"{LOOPBACK}:{proxy.port}")
        proxy.refuse()
        with pytest.raises(Unavailable):
            await host.look("key")

        # There and back takes less than the time of a call, and connecting several times that.
        proxy.heal()
        proxy.delay(TIMEOUT * 0.4)
        assert (await until_answered(lambda: host.look("key"))).raw is None


async def test_a_hung_host_is_unavailable_within_its_deadline(
    start_memcached: StartMemcached, open_host: OpenHost, counters: Counters
) -> None:
    server = start_memcached()
    host = open_host(server.address)
    await host.add("key", b"1", KEEP)
    server.freeze()

    began = time.monotonic()
    asked = await asyncio.gather(*(host.look("key") for _ in range(20)), return_exceptions=True)
    took = time.monotonic() - began
    refused = await asyncio.gather(host.look("key"), return_exceptions=True)

    assert all(isinstance(one, Unavailable) for one in [*asked, *refused])
    assert TIMEOUT * 0.9 < took < TIMEOUT * 3
    assert counters.refused == 1
    server.thaw()
    assert (await until_answered(lambda: host.look("key"))).raw == b"1"


async def test_a_restart_while_nobody_speaks_is_no_failure(
    start_memcached: StartMemcached, open_host: OpenHost
) -> None:
    server = start_memcached()
    host = open_host(server.address)
    await host.add("key", b"1", KEEP)
    server.restart()

    assert await raw(host, "key") is None
    assert await host.add("key", b"2", KEEP) is True


async def test_a_token_of_before_a_restart_names_nothing(
    start_memcached: StartMemcached, open_host: OpenHost
) -> None:
    server = start_memcached()
    host = open_host(server.address)
    await host.add("key", b"1", KEEP)
    old = await token_of(host, "key")
    server.restart()
    await host.add("key", b"2", KEEP)
    new = await token_of(host, "key")

    assert old.number == new.number
    assert await host.cas("key", b"late", old, KEEP) is False
    assert await raw(host, "key") == b"2"


async def test_a_cancelled_call_takes_no_answer_from_another(
    start_memcached: StartMemcached, open_host: OpenHost
) -> None:
    server = start_memcached()
    host = open_host(server.address, timeout=5)
    for key in ("a", "b"):
        await host.add(key, key.encode(), KEEP)
    server.freeze()
    calls = [asyncio.ensure_future(host.look("a")) for _ in range(5)]
    await asyncio.sleep(0)
    for call in calls:
        call.cancel()
    others = [asyncio.ensure_future(host.look("b")) for _ in range(5)]
    server.thaw()

    assert [one.raw for one in await asyncio.gather(*others)] == [b"b"] * 5


async def test_a_late_answer_is_nobody_elses(
    start_memcached: StartMemcached, open_host: OpenHost
) -> None:
    with GarblingProxy(start_memcached()) as proxy:
        host = open_host(proxy.address)
        await host.add("a", b"of a", KEEP)
        await host.add("b", b"of b", KEEP)
        proxy.stall()
        with pytest.raises(Unavailable):
            await host.look("a")
        proxy.heal()

        assert (await until_answered(lambda: host.look("b"))).raw == b"of b"
        assert proxy.connections > 1


GARBLED = {
    "another key": lambda chunk: chunk.replace(b"VALUE key", b"VALUE kex"),
    "no number": lambda chunk: chunk.replace(b" 0 3 ", b" 0 x "),
    "too long a value": lambda chunk: chunk.replace(b" 0 3 ", b" 0 900 "),
    "too short a value": lambda chunk: chunk.replace(b" 0 3 ", b" 0 1 "),
    "noise": lambda chunk: bytes(byte ^ 0x55 for byte in chunk),
    "an error": lambda chunk: b"ERROR\r\n" if b"VALUE" in chunk else chunk,
    "nothing": lambda _: b"",
}


@pytest.mark.parametrize("kind", GARBLED)
async def test_a_garbled_answer_is_unavailable_and_closes_the_connection(
    kind: str, start_memcached: StartMemcached, open_host: OpenHost, counters: Counters
) -> None:
    with GarblingProxy(start_memcached()) as proxy:
        host = open_host(proxy.address)
        await host.add("key", b"one", KEEP)
        proxy.garble = GARBLED[kind]
        with pytest.raises(Unavailable):
            await host.look("key")
        proxy.garble = bytes

        assert (await until_answered(lambda: host.look("key"))).raw == b"one"
        assert (counters.closed > 0, proxy.connections > 1) == (True, True)


async def test_an_answer_that_nobody_asked_for_closes_the_connection(
    start_memcached: StartMemcached, open_host: OpenHost
) -> None:
    with GarblingProxy(start_memcached()) as proxy:
        host = open_host(proxy.address)
        await host.add("key", b"one", KEEP)
        proxy.garble = lambda chunk: chunk + b"END\r\n"
        await host.look("key")
        proxy.garble = bytes

        assert [await raw(host, "key") for _ in range(3)] == [b"one"] * 3


async def test_a_value_as_large_as_the_limit_is_kept_and_a_larger_one_refused(
    start_memcached: StartMemcached, open_host: OpenHost
) -> None:
    host = open_host(start_memcached().address)
    await host.look("key")
    assert host.limit is not None
    whole = b"x" * host.limit

    assert 2**20 - 1024 < host.limit < 2**20
    assert await host.add("key" * 60, whole, KEEP)
    assert await raw(host, "key" * 60) == whole
    with pytest.raises(TooLarge) as refused:
        await host.add("other", whole + b"x", KEEP)
    assert refused.value.limit == host.limit


async def test_the_limit_is_what_the_server_says(
    start_memcached: StartMemcached, open_host: OpenHost
) -> None:
    host = open_host(start_memcached("-I", "2m").address)
    await host.look("key")

    assert host.limit is not None
    assert 2**21 - 1024 < host.limit < 2**21
    assert await host.add("key", b"x" * host.limit, KEEP)


async def test_a_host_without_room_says_so_and_goes_on(
    start_memcached: StartMemcached, open_host: OpenHost
) -> None:
    host = open_host(start_memcached("-M", "-m", "8").address)

    with pytest.raises(StorageFull, match="refuses to keep more"):
        for number in range(100):
            await host.add(f"{number}", b"x" * 500_000, KEEP)
    assert await raw(host, "0") == b"x" * 500_000
    assert host.trouble is None


async def test_items_that_go_together_are_answered_one_by_one(
    start_memcached: StartMemcached, open_host: OpenHost
) -> None:
    host = open_host(start_memcached().address)

    assert await host.set([("a", [b"1", b"2"]), ("b", [b"3"])], KEEP) == [b"STORED"] * 2
    assert await host.touch(["a", "none", "b"], KEEP) == [b"TOUCHED", b"NOT_FOUND", b"TOUCHED"]
    assert await raw(host, "a") == b"12"
    assert await host.delete(["none", "a"]) == [b"NOT_FOUND", b"DELETED"]
    assert await raw(host, "a") is None
    assert await raw(host, "b") == b"3"


async def test_one_of_several_that_finds_no_room_is_a_refusal(
    start_memcached: StartMemcached, open_host: OpenHost
) -> None:
    host = open_host(start_memcached("-M", "-m", "8").address)
    answers = await host.set([(f"{number}", [b"x" * 500_000]) for number in range(100)], KEEP)

    assert answers[0] == b"STORED"
    assert "refuses to keep more" in str(host.refusal(answers))
    assert host.refusal(answers[:1]) is None
    assert await raw(host, "0") == b"x" * 500_000


async def test_a_closed_host_leaves_nobody_waiting(
    start_memcached: StartMemcached, counters: Counters
) -> None:
    server: Memcached = start_memcached()
    host = Host(parse_address(server.address), 30, 1, lambda: GREETING, counters)
    host.start()
    await host.look("key")
    server.freeze()
    call = asyncio.ensure_future(host.look("key"))
    await asyncio.sleep(0)
    await host.close()

    with pytest.raises(Unavailable):
        await call
