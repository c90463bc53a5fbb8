"""The servers that stores are proved on, each started when it is first needed."""

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property

from tests.conformance.stores import MEMCACHED, PLATFORMS
from tests.servers.certificates import Certificates, issue_certificates
from tests.servers.databases import PAIRS, Pair
from tests.servers.folder import open_server_folder
from tests.servers.memcached import Memcached
from tests.servers.redis import Redis

MEGABYTES = "512"  # files need more than the 64 of a stock host


class Media:
    """What proofs stand on; it ends with ``stack``."""

    def __init__(self, stack: ExitStack) -> None:
        """Start nothing yet."""
        self._stack = stack
        self._pairs: dict[str, Pair] = {}
        self._hosts: list[str] = []

    def options(self, media: Sequence[str]) -> Mapping[str, str]:
        """The options that lead a store to these media; those without a server need none."""
        found = dict[str, str]()
        for each in media:
            if each in PAIRS:
                found |= self._reach_database(each)
            if each in MEMCACHED:
                found |= self._reach_memcached(1 + MEMCACHED.index(each))
            if each in PLATFORMS:
                found |= self._reach_platform(each)
        return found

    def _reach_database(self, kind: str) -> Mapping[str, str]:
        """A primary to write to; its replica is the reader."""
        if kind not in self._pairs:
            self._pairs[kind] = self._stack.enter_context(PAIRS[kind](self._certificates))
        pair = self._pairs[kind]
        return {"db_dsnw": pair.primary.dsn, "db_dsnr": pair.replica.dsn}

    def _reach_memcached(self, count: int) -> Mapping[str, str]:
        while len(self._hosts) < count:
            folder = self._stack.enter_context(open_server_folder("memcached"))
            host = self._stack.enter_context(Memcached(folder, "-m", MEGABYTES))
            self._hosts.append(host.address)
        return {"memcache_hosts": json.dumps(self._hosts[:count])}

    def _reach_platform(self, kind: str) -> Mapping[str, str]:
        """A server that the platform keeps its sessions in, and nobody else anything."""
        folder = self._stack.enter_context(open_server_folder(kind))
        if kind == "redis":
            dsn = self._stack.enter_context(Redis(folder)).dsn
        else:
            dsn = self._stack.enter_context(Memcached(folder)).address
        return {"session_native.storage": kind, "session_native.dsn": dsn}

    @cached_property
    def _certificates(self) -> Certificates:
        return issue_certificates(self._stack.enter_context(open_server_folder("certificates")))
