"""What callers wait for while one server hangs: each work of each store that has servers.

It is measured from the moment at which the server begins to hang. Where the only database hangs,
that it cannot be had is an answer, too; memcached has another host to ask.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from itertools import chain
from pathlib import Path

from satchel_database import DatabaseConfig
from satchel_hookspecs import Unavailable
from satchel_memcache import MemcacheConfig
from tests.bench import Latency
from tests.bench.bench_media import open_cached
from tests.bench.databases import open_sessions
from tests.bench.small_works import GROUP, OWNER, TTL, Work, of_attachments, of_sessions
from tests.memcache.node import make_node as make_sessions
from tests.redundant.node import make_node as make_redundant
from tests.servers.certificates import issue_certificates
from tests.servers.databases import PAIRS, Server
from tests.servers.folder import open_server_folder
from tests.servers.memcached import Memcached

ROUNDS = 250
HOSTS = MemcacheConfig(("localhost",))
OF_BLOCKS = ("upload", "get")

Works = Callable[[str], Iterator[tuple[str, Work]]]
AtMost = Callable[[str], float]
Refusals = tuple[type[Exception], ...]


def measure() -> Iterator[Latency]:
    """One of two memcached hosts hangs, then the database of each kind."""
    with ExitStack() as stack:
        enter = stack.enter_context
        hosts = [enter(Memcached(enter(open_server_folder("memcached")))) for _ in range(2)]
        yield from asyncio.run(hang_host(hosts))
        certificates = issue_certificates(enter(open_server_folder("certificates")))
        for kind, open_pair in PAIRS.items():
            with open_pair(certificates) as pair:
                yield from asyncio.run(hang_database(kind, pair.primary, hosts))


async def hang_host(hosts: Sequence[Memcached]) -> list[Latency]:
    """Sessions and files that have no other place than memcached."""
    timeout = HOSTS.memcache_timeout
    async with make_sessions(addresses_of(hosts), memcache_timeout=timeout) as sessions:
        of = partial(of_sessions, sessions)
        found = await hang("session, a host hangs", hosts[0], of, of_host)
    async with open_cached(addresses_of(hosts)) as cached:
        await cached.attachments_touch(OWNER, GROUP, TTL)
        of = partial(of_attachments, cached)
        return found + await hang("in memcached, a host hangs", hosts[0], of, of_host)


async def hang_database(kind: str, server: Server, hosts: Sequence[Memcached]) -> list[Latency]:
    """Sessions that have no other place than the database, and files that are in both."""
    async with open_sessions(server.dsn, DatabaseConfig.deadline) as sessions:
        of = partial(of_sessions, sessions)
        found = await hang(f"{kind} hangs: session", server, of, of_database, (Unavailable,))
    with open_server_folder("redundant") as folder:
        node = make_redundant(Path(folder), server.dsn, addresses_of(hosts))
        async with node as redundant:
            await redundant.attachments_touch(OWNER, GROUP, TTL)
            of = partial(of_attachments, redundant)
            found += await hang(f"redundant on {kind}, a host hangs", hosts[0], of, of_host)
            found += await hang(f"redundant, {kind} hangs", server, of, of_database)
    return found


async def hang(
    title: str,
    server: Server | Memcached,
    works: Works,
    at_most: AtMost,
    refusals: Refusals = (),
) -> list[Latency]:
    """How long each work takes while the server answers nobody."""
    found: dict[str, list[float]] = {}
    server.freeze()
    try:
        for name, work in chain.from_iterable(works(f"{title} {n}") for n in range(ROUNDS)):
            began = time.perf_counter()
            with suppress(*refusals):
                await work()
            found.setdefault(name, []).append(time.perf_counter() - began)
    finally:
        server.thaw()
    return [Latency(f"{title}: {name}", took, at_most(name)) for name, took in found.items()]


def addresses_of(hosts: Sequence[Memcached]) -> list[str]:
    """Where the hosts are."""
    return [host.address for host in hosts]


def of_host(work: str) -> float:
    """The deadline of a memcached host."""
    return HOSTS.block_timeout if work in OF_BLOCKS else HOSTS.memcache_timeout


def of_database(_work: str) -> float:
    """The deadline of a database."""
    return DatabaseConfig.deadline
