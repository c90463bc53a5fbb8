"""Nodes that are restarted, or killed, one after another while people write."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import pytest

from tests.cluster.cluster import Cluster
from tests.cluster.conftest import StartStores
from tests.cluster.outages.letters import Letter, Writers
from tests.cluster.patience import wait_for
from tests.cluster.traveller import Traveller
from tests.journeys.person import attached, read
from tests.servers.account import Account
from tests.servers.scripted_smtp import ScriptedSmtp

LEASE_IS_OVER = 120.0
ALL = (0, 1, 2)

SignIn = Callable[[Cluster], Sequence[Traveller]]


@pytest.fixture
def sign_in(account: Account, friend: Account) -> SignIn:
    """Let two people sign in, one of them in two browsers."""

    def sign_in(cluster: Cluster) -> Sequence[Traveller]:
        people = [Traveller(cluster.port) for _ in range(3)]
        for person, each in zip(people, (account, account, friend), strict=True):
            person.sign_in(each)
        return people

    return sign_in


def test_nobody_notices_that_every_node_is_drained_and_restarted(
    start_stores: StartStores, sign_in: SignIn, smtp: ScriptedSmtp
) -> None:
    cluster = start_stores("db", "database", smtp_host=f"localhost:{smtp.port}")
    writers = Writers(sign_in(cluster))

    with writers.writing():
        for number, node in enumerate(cluster.nodes):
            writers.go_on()
            cluster.balancer.drain(cluster.balancer.names[number])
            writers.go_on()
            node.stop()
            writers.go_on()
            node.start()
            cluster.balancer.admit(cluster.balancer.names[number])
            cluster.wait_until_ready(*ALL)
        writers.go_on()

    assert writers.failures == []
    arrived = sort_by_subject(smtp)
    assert {letter.subject: [letter.files] for letter in writers.letters} == arrived


@pytest.mark.timeout(400)
def test_what_was_acknowledged_outlives_every_node_in_turn(
    start_stores: StartStores, sign_in: SignIn, smtp: ScriptedSmtp
) -> None:
    cluster = start_stores("memcache", "redundant", smtp_host=f"localhost:{smtp.port}")
    people = sign_in(cluster)
    writers = Writers(people, may_fail=True)

    with writers.writing():
        for node in cluster.nodes:
            writers.go_on()
            node.kill()
            writers.go_on()
            node.start()
            cluster.wait_until_ready(*ALL)
        writers.go_on()

    assert [person.is_signed_in() for person in people] == [True] * 3
    for letter in writers.letters:
        wait_for(partial(is_settled, letter, smtp, people), letter.subject, LEASE_IS_OVER)
    arrived = sort_by_subject(smtp)
    for letter in writers.letters:
        assert arrived.get(letter.subject, [letter.files]) == [letter.files]


def is_settled(letter: Letter, smtp: ScriptedSmtp, people: Sequence[Traveller]) -> bool:
    """Whether it has arrived, or is still a draft of somebody who was told no more than that."""
    subject = f"Subject: {letter.subject}".encode()
    if any(each.accepted and subject in each.body[:4000] for each in smtp.transactions):
        return True
    return any(person.get(letter.draft).status == 200 for person in people)


def sort_by_subject(smtp: ScriptedSmtp) -> Mapping[str, Sequence[Mapping[str, str]]]:
    """Return the files of every message that was accepted, by its subject."""
    found: dict[str, list[Mapping[str, str]]] = {}
    for each in smtp.transactions:
        if each.accepted:
            found.setdefault(str(read(each.body)["Subject"]), []).append(attached(each.body))
    return found
