"""Sessions of 2 KB in memcached, against the same commands from the same threads without satchel.

The bare side asks as many copies of the same hosts, each host in a thread of its own, as with the
store: a read gets all at once; a write does so and then compares and swaps one after the other, the
next only when the one before has taken it.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, closing
from functools import partial
from statistics import median

from pymemcache.client.base import Client

from satchel_hookspecs import ABSENT, Version
from tests.bench import Measurement
from tests.bench.bench_database import KEYS, ROUNDS, SIZE, Work, cost
from tests.memcache.node import make_node
from tests.servers.folder import open_server_folder
from tests.servers.memcached import Memcached

TTL = 86400
TARGET = 1 / 0.7


def measure() -> Iterator[Measurement]:
    """Read and write over one host and over two, with 1, 16 and 64 callers at a time."""
    with ExitStack() as stack:
        hosts = [
            stack.enter_context(Memcached(stack.enter_context(open_server_folder("memcached"))))
            for _ in range(2)
        ]
        yield from asyncio.run(compare(hosts[:1]))
        yield from asyncio.run(compare(hosts))


async def compare(hosts: Sequence[Memcached]) -> list[Measurement]:
    """Each work at each number of callers, in turns with the bare client."""
    results, copies = [], f"{len(hosts)} cop{'y' if len(hosts) == 1 else 'ies'}"
    async with open_store(hosts) as ours, open_bare(hosts) as bare:
        works = zip(("read", "write"), ours, bare, strict=True)
        for (name, mine, theirs), callers in itertools.product(works, (1, 16, 64)):
            both = [(await cost(mine, callers), await cost(theirs, callers)) for _ in range(ROUNDS)]
            took, bare_took = (median(column) for column in zip(*both, strict=True))
            subject = f"memcached, {copies}: {name} a session, {callers} at a time"
            results.append(Measurement(subject, took, "the bare client", bare_took, TARGET))
    return results


@asynccontextmanager
async def open_store(hosts: Sequence[Memcached]) -> AsyncIterator[tuple[Work, Work]]:
    """How the store reads and writes, with all sessions there, on hosts that begin empty."""
    for host in hosts:
        host.flush()
    async with make_node([host.address for host in hosts]) as store:
        versions: dict[str, Version] = {}

        async def write(key: str) -> None:
            expect = versions.get(key, ABSENT)
            versions[key] = await store.session_write(key, bytes(SIZE), expect, TTL, key[-32:])

        for key in KEYS:
            await write(key)
        yield store.session_read, write


@asynccontextmanager
async def open_bare(hosts: Sequence[Memcached]) -> AsyncIterator[tuple[Work, Work]]:
    """How plain clients, each in a thread of its own, read and write as many copies."""
    with ExitStack() as stack:
        lines = [Line(stack, host) for host in hosts]
        for key, line in itertools.product(KEYS, lines):
            await line.run(line.client.set, key, bytes(SIZE), TTL, False)

        async def read(key: str) -> list[tuple[bytes, bytes]]:
            asked = [line.run(line.client.gets, key) for line in lines]
            return [await answer for answer in asked]

        async def write(key: str) -> None:
            for line, (_, token) in zip(lines, await read(key), strict=True):
                assert await line.run(line.client.cas, key, bytes(SIZE), token, TTL, False)

        yield read, write


class Line:
    """A plain client, and the thread that it is used in."""

    def __init__(self, stack: ExitStack, host: Memcached) -> None:
        """Connect, until the stack ends."""
        self.client = stack.enter_context(
            closing(Client((host.host, host.port), no_delay=True, timeout=5))
        )
        thread = stack.enter_context(ThreadPoolExecutor(1))
        self.run = partial(asyncio.get_running_loop().run_in_executor, thread)
