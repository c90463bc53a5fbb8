"""Files in memcached, which may drop what it holds: nothing is mailed without them."""

from collections.abc import Sequence

from tests.cluster.conftest import StartStores
from tests.cluster.ground import Ground
from tests.cluster.traveller import Traveller
from tests.servers.account import Account
from tests.servers.memcached import Memcached
from tests.servers.scripted_smtp import ScriptedSmtp

CONTENT = bytes(range(256)) * 4000


def test_a_send_of_a_file_that_memcached_dropped_names_it_and_mails_nothing(
    start_stores: StartStores, ground: Ground, account: Account, smtp: ScriptedSmtp
) -> None:
    smtp_host = f"localhost:{smtp.port}"
    cluster = start_stores("db", "database in memcached", smtp_host=smtp_host)
    person = Traveller(cluster.port)
    person.sign_in(account)
    draft = person.compose()
    person.upload(draft, CONTENT, "report.pdf")
    shown = person.get(draft).text
    typed = (("to", "ben@example.test"), ("subject", "With a report"), ("message", "Here."))
    everywhere = [person.at(node) for node in cluster.nodes]

    drop_a_frame(ground.memcached)
    cut = [person.click(shown, draft, "send", *typed) for person in everywhere]
    listed = [person.list_files(draft) for person in everywhere]
    told = everywhere[0].get("/healthz/ready").json["components"]["memcache"]
    for host in ground.memcached:
        host.flush()
    gone = [person.click(shown, draft, "send", *typed) for person in everywhere]

    assert listed == [["report.pdf"]] * 3
    assert ["report.pdf" in answer.problems for answer in cut + gone] == [True] * 6
    assert [each for each in smtp.transactions if each.accepted] == []
    assert told["status"] == "degraded"


def drop_a_frame(hosts: Sequence[Memcached]) -> None:
    """Drop one block of a file from every host, as one that is full may do."""
    first, *_ = sorted(key for key in hosts[0].list_items() if ":frame:" in key)
    for host in hosts:
        assert host.ask(b"delete " + first.encode()) == b"DELETED\r\n"
