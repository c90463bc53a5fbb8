"""Clusters over real servers, and people who use them."""

import contextlib
import secrets
from collections.abc import Callable, Iterator, Mapping

import pytest

from tests.cluster.cluster import Cluster, SettingsOf, run_cluster
from tests.cluster.ground import Ground, prepare_ground
from tests.cluster.stores import on_stores
from tests.servers.account import Account
from tests.servers.databases import StartPair
from tests.servers.dovecot import Dovecot
from tests.servers.folder import open_server_folder
from tests.servers.postfix import Postfix
from tests.servers.scripted_smtp import ScriptedSmtp
from tests.servers.site import usual_settings

StartCluster = Callable[..., Cluster]
StartStores = Callable[..., Cluster]


@pytest.fixture
def account(dovecot: Dovecot) -> Account:
    """Somebody with an empty mailbox."""
    return dovecot.add_account(f"c{secrets.token_hex(4)}")


@pytest.fixture
def friend(dovecot: Dovecot) -> Account:
    """Somebody to write to."""
    return dovecot.add_account(f"f{secrets.token_hex(4)}")


@pytest.fixture
def usual(dovecot: Dovecot, smtp_server: Postfix) -> Iterator[Mapping[str, object]]:
    """The settings of an installation of one node."""
    with open_server_folder("single") as folder:
        yield usual_settings(folder, dovecot, smtp_server)


@pytest.fixture
def smtp() -> Iterator[ScriptedSmtp]:
    """A sending server that tells what it was given."""
    with ScriptedSmtp() as server:
        yield server


@pytest.fixture
def ground(database_pairs: StartPair) -> Iterator[Ground]:
    """What clusters stand on; the database is a PostgreSQL."""
    with prepare_ground(lambda: database_pairs("postgresql")) as ground:
        yield ground


@pytest.fixture
def start_cluster(ground: Ground) -> Iterator[StartCluster]:
    """Start nodes by the settings of each: `start_cluster(settings_of, count=3)`."""
    with contextlib.ExitStack() as stack:

        def start(settings_of: SettingsOf, count: int = 3) -> Cluster:
            return stack.enter_context(run_cluster(settings_of, count))

        yield start


@pytest.fixture
def start_stores(
    start_cluster: StartCluster, ground: Ground, usual: Mapping[str, object]
) -> StartStores:
    """Start nodes over stores: `start_stores("db", "share", max_message_size="50M")`."""

    def start(sessions: str, attachments: str, **more: object) -> Cluster:
        return start_cluster(on_stores(ground, sessions, attachments, {**usual, **more}))

    return start
