"""A day of mail, each request of which is answered by another node."""

import tomllib
from collections.abc import Mapping

import pytest

from tests.cluster.conftest import StartStores
from tests.cluster.journey import go_on_the_journey
from tests.servers.account import Account
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import StartSite
from tests.servers.site import Site

COMBINATIONS = [("db", "share"), ("memcache", "database")]
DATABASE = {"db_dsnw", "db_dsnr"}
SESSIONS = {"session_storage", "memcache_hosts"}
ATTACHMENTS = {"attachment_storage", "temp_dir"}
PROXY = {"proxy_whitelist"}
MACHINE = {"node"}
"""The name of the machine by default; here one machine has all nodes."""


def test_a_day_of_mail_at_a_single_node(
    start_site: StartSite,
    usual: Mapping[str, object],
    account: Account,
    friend: Account,
    dovecot: Dovecot,
) -> None:
    go_on_the_journey(start_site(**usual).port, account, friend, dovecot)


@pytest.mark.parametrize(("sessions", "attachments"), COMBINATIONS)
def test_a_day_of_mail_needs_no_node_in_particular(
    sessions: str,
    attachments: str,
    start_stores: StartStores,
    usual: Mapping[str, object],
    account: Account,
    friend: Account,
    dovecot: Dovecot,
) -> None:
    cluster = start_stores(sessions, attachments)

    go_on_the_journey(cluster.port, account, friend, dovecot)

    assert min(cluster.balancer.count_hits()) > 0
    for node in cluster.nodes:
        assert find_changes(usual, node) <= DATABASE | SESSIONS | ATTACHMENTS | PROXY | MACHINE


def find_changes(usual: Mapping[str, object], node: Site) -> set[str]:
    """Return the settings in which a node differs from a single one that works by itself."""
    written = tomllib.loads((node.folder / "satchel.toml").read_text())
    return {name for name in {*usual, *written} if usual.get(name) != written.get(name)}
