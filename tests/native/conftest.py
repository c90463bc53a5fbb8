"""Sites on sessions of their platform, alone or in pairs."""

import os
import secrets
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.native.folder_sessions import FolderSessions
from tests.native.pages import Client, serve_pages
from tests.servers.account import Account
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import StartMemcached, StartRedis
from tests.servers.folder import open_server_folder
from tests.servers.memcached import Memcached
from tests.servers.postfix import Postfix
from tests.servers.process import ServerProcess
from tests.servers.redis import Redis
from tests.servers.site import Site, usual_settings

ROOT = Path(__file__).parents[2]


class NativeSite(Site):
    """A node that can import a storage from the tests; ``around`` has an application around it."""

    def __init__(self, folder: Path, settings: dict[str, object], around: Path | None) -> None:
        super().__init__(folder, settings)
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._environment = {"PYTHONPATH": os.pathsep.join(paths)}
        if around is not None:
            written = str(folder / "satchel.toml")
            program = [sys.executable, "-m", "tests.native.application"]
            self._command = [*program, str(around), written, str(self.port)]


@dataclass(frozen=True)
class House:
    """Two nodes of one installation, with what they share."""

    nodes: list[Site]
    folder: Path
    server: ServerProcess | None
    """What keeps the sessions, if it is one."""

    @property
    def ports(self) -> list[int]:
        """Where the nodes listen."""
        return [node.port for node in self.nodes]

    def read_logs(self) -> str:
        """What the nodes have written so far."""
        return "".join(node.read_log() for node in self.nodes)


OpenHouse = Callable[..., House]


@pytest.fixture
def open_house(
    dovecot: Dovecot,
    smtp_server: Postfix,
    start_memcached: StartMemcached,
    start_redis: StartRedis,
) -> Iterator[OpenHouse]:
    """Open two nodes: `open_house("cookie")`; the application is one storage too."""

    def start_server(storage: str) -> Memcached | Redis | None:
        if storage == "redis":
            return start_redis()
        return start_memcached() if storage == "memcached" else None

    with ExitStack() as stack:

        def open_one(storage: str) -> House:
            folder = stack.enter_context(open_server_folder("shared"))
            server = start_server(storage)
            settings: dict[str, object] = {
                **usual_settings(folder, dovecot, smtp_server),
                "session_storage": "native",
                "record_storage": "db",
                "session_native": {"storage": storage, **dsn_of(server)},
            }
            around = folder / "theirs" if storage == "application" else None
            nodes: list[Site] = []
            for _ in range(2):
                site = NativeSite(stack.enter_context(open_server_folder("site")), settings, around)
                nodes.append(stack.enter_context(site))
            return House(nodes, folder, server)

        yield open_one


def dsn_of(server: Memcached | Redis | None) -> dict[str, object]:
    """The options that name this server."""
    if server is None:
        return {}
    dsn = server.dsn if isinstance(server, Redis) else server.address
    return {"dsn": dsn, "timeout": 2.0}


@pytest.fixture(scope="package")
def memcached() -> Iterator[Memcached]:
    """One memcached for all tests of the small application."""
    with open_server_folder("memcached") as folder, Memcached(folder) as server:
        yield server


@pytest.fixture(scope="package")
def redis() -> Iterator[Redis]:
    """One Redis for all tests of the small application."""
    with open_server_folder("redis") as folder, Redis(folder) as server:
        yield server


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Memcached | Redis | None:
    """What keeps the sessions of the small application, if it is a server."""
    kind: str = request.node.callspec.params["client"]
    return request.getfixturevalue(kind) if kind in {"memcached", "redis"} else None


@pytest.fixture
async def client(
    request: pytest.FixtureRequest, tmp_path: Path, server: Memcached | Redis | None
) -> AsyncIterator[Client]:
    """The small application, with a kind of sessions that the test names."""
    folder = str(tmp_path / "sessions")
    options: dict[str, dict[str, Any]] = {
        "cookie": {"storage": "cookie"},
        "memcached": {"storage": "memcached", **dsn_of(server)},
        "redis": {"storage": "redis", **dsn_of(server)},
        "foreign": {
            "storage": "tests.native.folder_sessions:FolderSessions",
            "options": {"folder": folder},
        },
        "application": {"theirs": FolderSessions(folder, cookie_name="theirs")},
    }
    async with serve_pages(**options[request.param]) as client:
        yield client


@pytest.fixture
def account(dovecot: Dovecot) -> Account:
    """Somebody with an empty mailbox."""
    return dovecot.add_account(f"n{secrets.token_hex(4)}")


@pytest.fixture
def friend(dovecot: Dovecot) -> Account:
    """Somebody to write to."""
    return dovecot.add_account(f"f{secrets.token_hex(4)}")
