"""The day of mail over every store for sessions and every one for attachments."""

import pytest

from tests.cluster.conftest import StartStores
from tests.cluster.journey import go_on_the_journey
from tests.servers.account import Account
from tests.servers.dovecot import Dovecot

COMBINATIONS = [
    ("db", "database"),
    ("db", "database in memcached"),
    ("memcache", "share"),
    ("memcache", "redundant"),
    ("native", "share"),
    ("native", "redundant"),
    ("db, records in memcached", "share"),
]


@pytest.mark.parametrize(("sessions", "attachments"), COMBINATIONS)
def test_a_day_of_mail_needs_no_node_in_particular(
    sessions: str,
    attachments: str,
    start_stores: StartStores,
    account: Account,
    friend: Account,
    dovecot: Dovecot,
) -> None:
    cluster = start_stores(sessions, attachments)

    go_on_the_journey(cluster.port, account, friend, dovecot)

    assert min(cluster.balancer.count_hits()) > 0
