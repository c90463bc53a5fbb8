"""What a cluster stands on: a database, memcached hosts, a share."""

import contextlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from tests.servers.databases import Pair
from tests.servers.folder import open_server_folder
from tests.servers.memcached import Memcached
from tests.servers.postgresql import NAME

Settings = Mapping[str, object]


@contextlib.contextmanager
def prepare_ground(pair: Callable[[], Pair]) -> Iterator["Ground"]:
    """Yield the ground for a cluster and clear it away afterwards."""
    with open_server_folder("ground") as folder, Ground(folder, pair) as ground:
        yield ground


class Ground:
    """Servers and folders for one cluster, each made when it is first asked for."""

    def __init__(self, folder: Path, pair: Callable[[], Pair]) -> None:
        """Make what is asked for in a folder, and in the servers of a pair."""
        self.folder = folder
        self._pair = pair
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> "Ground":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @cached_property
    def pair(self) -> Pair:
        """The primary and the replica that hold the database."""
        return self._pair()

    @cached_property
    def database(self) -> Settings:
        """The settings of a new database, with its replica for reading."""
        name, primary = f"{NAME}_{secrets.token_hex(4)}", self.pair.primary
        create, drop = _create(primary.dsn, name), _drop(primary.dsn, name)
        for statement in create:
            primary.sql(statement)
        self._stack.callback(primary.sql, drop)
        self.pair.even()
        return {
            key: f"{server.dsn.rpartition('/')[0]}/{name}"
            for key, server in (("db_dsnw", primary), ("db_dsnr", self.pair.replica))
        }

    @cached_property
    def memcached(self) -> tuple[Memcached, ...]:
        """Two memcached hosts with stock settings."""
        folders = [self._stack.enter_context(open_server_folder("memcached")) for _ in range(2)]
        return tuple(self._stack.enter_context(Memcached(each)) for each in folders)

    @property
    def memcache_hosts(self) -> Settings:
        """The setting that names the memcached hosts."""
        return {"memcache_hosts": [host.address for host in self.memcached]}

    @cached_property
    def share(self) -> Path:
        """A folder that is there for every node."""
        share = self.folder / "share"
        share.mkdir()
        return share

    def mount_point(self, number: int) -> Path:
        """Where a node finds the share: each under a path of its own."""
        point = self.folder / f"mount{number}"
        if not point.is_symlink():
            point.symlink_to(self.share, target_is_directory=True)
        return point


def _create(dsn: str, name: str) -> Iterator[str]:
    if dsn.startswith("pgsql"):
        yield f"CREATE DATABASE {name} OWNER {NAME}"
        return
    yield f"CREATE DATABASE {name} CHARACTER SET utf8mb4"
    yield f"GRANT ALL ON {name}.* TO {NAME}@'127.0.0.1'"


def _drop(dsn: str, name: str) -> str:
    return f"DROP DATABASE {name}{' WITH (FORCE)' if dsn.startswith('pgsql') else ''}"
