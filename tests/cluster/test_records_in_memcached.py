"""Records in memcached beside sessions kept elsewhere: a day of mail, and a host that dies."""

from tests.cluster.conftest import StartStores
from tests.cluster.ground import Ground
from tests.cluster.health import wait_until_well
from tests.cluster.journey import go_on_the_journey
from tests.cluster.traveller import Traveller
from tests.servers.account import Account
from tests.servers.dovecot import Dovecot
from tests.servers.scripted_smtp import DOT, ScriptedSmtp
from tests.servers.threaded import Fault

CONTENT = bytes(range(256)) * 2000


def test_a_day_of_mail_with_records_in_memcached_and_sessions_of_the_platform(
    start_stores: StartStores,
    ground: Ground,
    account: Account,
    friend: Account,
    dovecot: Dovecot,
) -> None:
    cluster = start_stores("native, records in memcached", "database")

    go_on_the_journey(cluster.port, account, friend, dovecot)

    assert min(cluster.balancer.count_hits()) > 0
    assert all(host.list_items() for host in ground.memcached)


def test_a_send_in_doubt_is_not_sent_again_whichever_host_has_died(
    start_stores: StartStores, ground: Ground, account: Account, smtp: ScriptedSmtp
) -> None:
    cluster = start_stores(
        "db, records in memcached", "database", smtp_host=f"localhost:{smtp.port}"
    )
    person = Traveller(cluster.port)
    person.sign_in(account)
    typed = (("to", "ben@example.test"), ("subject", "Once"), ("message", "Here."))
    smtp.script[DOT] = Fault.CLOSE

    for number, host in enumerate(ground.memcached, 1):
        draft = person.compose()
        person.upload(draft, CONTENT, "report.pdf")
        shown = person.get(draft).text
        person.click(shown, draft, "send", *typed)
        host.kill()
        for node in cluster.nodes:
            again = person.at(node).click(shown, draft, "send", *typed)
            assert "We do not know whether the message went out." in again.problems
            assert person.at(node).list_files(draft) == ["report.pdf"]
        host.start()
        wait_until_well(cluster)

        assert len(smtp.transactions) == number
