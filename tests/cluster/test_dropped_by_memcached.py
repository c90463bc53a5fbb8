"""Files in memcached, which may drop what it holds: nothing is mailed without them."""

from tests.cluster.conftest import StartStores
from tests.cluster.ground import Ground
from tests.cluster.traveller import Traveller
from tests.servers.account import Account
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
    for host in ground.memcached:
        host.flush()

    answers = [person.click(shown, draft, "send", *typed) for _ in cluster.nodes]

    assert ["report.pdf" in answer.problems for answer in answers] == [True] * 3
    assert smtp.transactions == []
