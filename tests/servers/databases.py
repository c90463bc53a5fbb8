"""Fixtures of database servers: one pair for all tests, and pairs of one's own to break."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.servers.certificates import Certificates
from tests.servers.folder import open_server_folder
from tests.servers.mariadb import Mariadb
from tests.servers.postgresql import Postgresql, create_postgresql

Server = Postgresql | Mariadb


@dataclass(frozen=True, slots=True)
class Pair:
    """A primary and a replica that follows it."""

    primary: Server
    replica: Server

    def even(self) -> None:
        """Return when the replica has replayed all that the primary has."""
        if isinstance(self.primary, Postgresql) and isinstance(self.replica, Postgresql):
            self.primary.wait_for(self.replica)
        if isinstance(self.primary, Mariadb) and isinstance(self.replica, Mariadb):
            self.primary.wait_for(self.replica)

    def join(self) -> None:
        """Let the replica follow this primary from now on."""
        if isinstance(self.primary, Postgresql) and isinstance(self.replica, Postgresql):
            self.replica.follow(self.primary)
        if isinstance(self.primary, Mariadb) and isinstance(self.replica, Mariadb):
            self.replica.follow(self.primary)


StartPair = Callable[[str], Pair]


@contextlib.contextmanager
def postgresql_pair(certificates: Certificates) -> Iterator[Pair]:
    """A PostgreSQL with a streaming replica."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(open_server_folder("postgresql"))
        primary = stack.enter_context(create_postgresql(folder / "primary", certificates))
        primary.create_database()
        yield Pair(primary, stack.enter_context(primary.replica(folder / "replica")))


@contextlib.contextmanager
def mariadb_pair(certificates: Certificates) -> Iterator[Pair]:
    """A MariaDB with a replica."""
    with open_server_folder("mariadb") as folder:
        primary = Mariadb(folder / "primary", certificates)
        replica = Mariadb(folder / "replica", certificates)
        with primary, replica:
            primary.admit_followers()
            primary.create_database()
            replica.follow(primary)
            primary.wait_for(replica)
            yield Pair(primary, replica)


@contextlib.contextmanager
def another_replica(pair: Pair, certificates: Certificates) -> Iterator[Server]:
    """One more replica of the primary of a pair."""
    with open_server_folder("replica") as folder:
        if isinstance(pair.primary, Postgresql):
            with pair.primary.replica(folder / "second") as copy:
                yield copy
            return
        with Mariadb(folder / "second", certificates) as empty:
            empty.follow(pair.primary)
            pair.primary.wait_for(empty)
            yield empty


PAIRS = {"postgresql": postgresql_pair, "mariadb": mariadb_pair}


@pytest.fixture(scope="session")
def database_pairs(certificates: Certificates) -> Iterator[StartPair]:
    """Pairs that all tests share, started when they are first asked for; leave them in order."""
    with contextlib.ExitStack() as stack:
        started: dict[str, Pair] = {}

        def find(kind: str) -> Pair:
            if kind not in started:
                started[kind] = stack.enter_context(PAIRS[kind](certificates))
            return started[kind]

        yield find


@pytest.fixture
def own_database_pair(certificates: Certificates) -> Iterator[StartPair]:
    """Start a pair for one test, which may break it."""
    with contextlib.ExitStack() as stack:
        yield lambda kind: stack.enter_context(PAIRS[kind](certificates))
