"""Which hosts keep a key: fixed by the names of all that are configured, up or not."""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Generic, Protocol, TypeVar

COPIES = 2
KNOWN = 4096


class Named(Protocol):
    """Something with a name that is the same on every node."""

    @property
    def name(self) -> str: ...


Host = TypeVar("Host", bound=Named)


class Ring(Generic[Host]):
    """Hosts by rendezvous: taking one away moves only the keys that it kept."""

    def __init__(self, hosts: Sequence[Host]) -> None:
        self._hosts = [(blake2b(host.name.encode()).digest(), host) for host in hosts]
        self._known = lru_cache(KNOWN)(self._rank)

    def hosts_of(self, key: str) -> tuple[Host, ...]:
        """The hosts that keep this key, first in rank first; one when only one is configured."""
        return self._known(key)

    def _rank(self, key: str) -> tuple[Host, ...]:
        encoded = key.encode()

        def weigh(one: tuple[bytes, Host]) -> bytes:
            return blake2b(encoded, digest_size=8, key=one[0]).digest()

        ranked = sorted(self._hosts, key=weigh, reverse=True)
        return tuple(host for _, host in ranked[:COPIES])
