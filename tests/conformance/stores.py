"""Every store that ships, and what it is proved on."""

from collections.abc import Iterator

from tests.conformance.proof import Proof
from tests.servers.databases import PAIRS

MEMCACHED = ("1-memcached", "2-memcached", "3-memcached")
PLATFORMS = ("memcached", "redis")
BEHIND_RELAY = "tests.conformance.behind_relay"
FORGETTING = "tests.native.harness:ForgettingHarness"


def list_proofs() -> Iterator[Proof]:
    """Name every store with each medium that it may stand on; nothing is started for that."""
    yield from (Proof(store) for store in ("session:memory", "attachments:memory"))
    yield Proof("attachments:filesystem")
    yield Proof("session:native", ("cookie",))
    yield from (Proof("session:native", (platform,), FORGETTING) for platform in PLATFORMS)
    yield from _on_databases()
    yield from _on_memcached()
    yield from (Proof("attachments:redundant", (kind, "2-memcached")) for kind in PAIRS)


def _on_databases() -> Iterator[Proof]:
    yield Proof("session:db", ("sqlite",))
    yield Proof("attachments:database", ("sqlite",))
    for kind in PAIRS:
        yield Proof("session:db", (kind,), f"{BEHIND_RELAY}:SessionsOnServer")
        yield Proof("attachments:database", (kind,), f"{BEHIND_RELAY}:AttachmentsOnServer")


def _on_memcached() -> Iterator[Proof]:
    for hosts in MEMCACHED:
        yield Proof("session:memcache", (hosts,), "tests.memcache.harness:MemcacheHarness")
        yield Proof("attachments:database", (hosts,), "attachments_database_cached")
        if hosts != "1-memcached":
            yield Proof("attachments:redundant", ("sqlite", hosts))
