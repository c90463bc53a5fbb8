"""Nodes with disks of their own over one database and two memcached hosts."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from satchel_attachments_redundant import RedundantAttachments
from tests.redundant.node import make_node
from tests.servers.certificates import Certificates
from tests.servers.databases import Server
from tests.servers.fixtures import StartMemcached
from tests.servers.folder import open_server_folder
from tests.servers.mariadb import NAME, Mariadb
from tests.servers.memcached import Memcached
from tests.servers.postgresql import Postgresql, create_postgresql

PATIENCE = 30


class Cluster:
    """The servers of one test, and nodes over them."""

    def __init__(self, database: Server, hosts: list[Memcached], folder: Path) -> None:
        self.database = database
        self.hosts = hosts
        self.dsn = database.dsn
        self.addresses = [host.address for host in hosts]
        self.folder = folder
        self.prefix = f"t{secrets.token_hex(4)}_"
        self.stack = AsyncExitStack()

    async def open(self, name: str = "one", **options: Any) -> RedundantAttachments:
        """A node with a disk of its own, or with that of the node of the same name."""
        return await self.stack.enter_async_context(self.make(name, **options))

    def make(
        self, name: str = "one", **options: Any
    ) -> AbstractAsyncContextManager[RedundantAttachments]:
        """A node that ends with its block."""
        options["db_prefix"] = self.prefix
        return make_node(self.disk(name), self.dsn, self.addresses, **options)

    def disk(self, name: str = "one") -> Path:
        """Where a node keeps its files."""
        return self.folder / name

    def files(self, name: str = "one") -> list[Path]:
        """The local copies of a node."""
        return sorted(self.disk(name).glob("attachments/*/*/*.piece"))

    def blocks(self) -> list[str]:
        """The blocks of files that memcached has, on whichever host."""
        return [key for host in self.hosts for key in host.list_items() if ":frame:" in key]

    def rows(self, what: str, table: str = "frames") -> list[str]:
        """What a superuser sees in one of the tables."""
        statement = f"SELECT {what} FROM {self.prefix}attachment_{table} ORDER BY 1"  # noqa: S608
        return self.database.sql(statement, NAME).split()

    def change_rows(self, statement: str) -> None:
        """Let a superuser change {frames}, {pieces} or {documents}."""
        tables = ("frames", "pieces", "documents")
        names = {table: f"{self.prefix}attachment_{table}" for table in tables}
        self.database.sql(statement.format(**names), NAME)


async def until(holds: Callable[[], Awaitable[bool] | bool]) -> None:
    """Wait until something holds that a node does by itself."""
    async with asyncio.timeout(PATIENCE):
        while True:
            answer = holds()
            if await answer if isinstance(answer, Awaitable) else answer:
                return
            await asyncio.sleep(0.02)


async def until_well(*nodes: RedundantAttachments) -> None:
    """Wait until the nodes have brought everything where it belongs."""
    for node in nodes:
        await until(lambda node=node: is_well(node))  # type: ignore[misc]


async def is_well(node: RedundantAttachments) -> bool:
    return (await node.plugin_health()).state == "ok"


@contextmanager
def open_postgresql(certificates: Certificates) -> Iterator[Postgresql]:
    with (
        open_server_folder("postgresql") as folder,
        create_postgresql(folder / "primary", certificates) as server,
    ):
        server.create_database()
        yield server


@contextmanager
def open_mariadb(certificates: Certificates) -> Iterator[Mariadb]:
    with open_server_folder("mariadb") as folder, Mariadb(folder / "one", certificates) as server:
        server.create_database()
        yield server


@pytest.fixture(scope="session")
def find_database(certificates: Certificates) -> Iterator[Callable[[str], Server]]:
    """A server of each kind for all tests of this folder, which leave it running."""
    with ExitStack() as stack:

        @cache
        def find(kind: str) -> Server:
            if kind == "mariadb":
                return stack.enter_context(open_mariadb(certificates))
            return stack.enter_context(open_postgresql(certificates))

        yield find


@pytest.fixture
def kind() -> str:
    """Which kind of database is under the nodes."""
    return "postgresql"


@pytest.fixture
async def cluster(
    kind: str,
    find_database: Callable[[str], Server],
    start_memcached: StartMemcached,
    tmp_path: Path,
) -> AsyncIterator[Cluster]:
    """Two memcached hosts, tables of its own, and no node yet."""
    database = find_database(kind)
    made = Cluster(database, [start_memcached() for _ in range(2)], tmp_path)
    try:
        async with made.stack:
            yield made
    finally:
        if not database.is_running():
            database.start()
