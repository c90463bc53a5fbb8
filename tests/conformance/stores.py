"""Every store that ships, and the servers that it may stand on."""

import json
from collections.abc import Iterator
from contextlib import ExitStack

from tests.conformance.proof import Proof
from tests.servers.certificates import issue_certificates
from tests.servers.databases import PAIRS
from tests.servers.folder import open_server_folder
from tests.servers.memcached import Memcached
from tests.servers.redis import Redis

OF_DATABASES = ("session:db", "attachments:database")
MEGABYTES = "512"


def list_proofs(servers: ExitStack) -> Iterator[Proof]:
    """Name every store with its server, which is started when its turn to be named comes."""
    yield from (Proof(store) for store in ("session:memory", "attachments:memory"))
    yield Proof("attachments:filesystem")
    yield from on_platform(servers)
    yield from (Proof(store, "sqlite") for store in OF_DATABASES)
    yield from on_databases(servers)
    yield from on_memcached(servers)


def on_databases(servers: ExitStack) -> Iterator[Proof]:
    """The stores in a database, on each server; the replica is the reader."""
    certificates = issue_certificates(servers.enter_context(open_server_folder("certificates")))
    for kind, open_pair in PAIRS.items():
        pair = servers.enter_context(open_pair(certificates))
        options = {"db_dsnw": pair.primary.dsn, "db_dsnr": pair.replica.dsn}
        yield from (Proof(store, kind, options) for store in OF_DATABASES)


def on_memcached(servers: ExitStack) -> Iterator[Proof]:
    """The stores in memcached, on one to three stock hosts; files need more than 64 MB of it."""
    hosts: list[str] = []
    for count in (1, 2, 3):
        folder = servers.enter_context(open_server_folder("memcached"))
        hosts.append(servers.enter_context(Memcached(folder, "-m", MEGABYTES)).address)
        server, options = f"{count}-memcached", {"memcache_hosts": json.dumps(hosts)}
        yield Proof("session:memcache", server, options, "tests.memcache.harness:MemcacheHarness")
        yield Proof("attachments:database", server, options, "attachments_database_cached")
        if count > 1:
            yield Proof("attachments:redundant", f"sqlite+{server}", options)


def on_platform(servers: ExitStack) -> Iterator[Proof]:
    """The platform's sessions, by each storage that has a name."""
    yield Proof("session:native", "cookie")
    memcached = servers.enter_context(
        Memcached(servers.enter_context(open_server_folder("memcached")))
    )
    redis = servers.enter_context(Redis(servers.enter_context(open_server_folder("redis"))))
    for storage, dsn in (("memcached", memcached.address), ("redis", redis.dsn)):
        options = {"session_native.storage": storage, "session_native.dsn": dsn}
        yield Proof("session:native", storage, options, "tests.native.harness:ForgettingHarness")
