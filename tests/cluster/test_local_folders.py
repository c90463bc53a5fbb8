"""Nodes that keep files in folders of their own: nothing is mailed without them."""

from pathlib import Path

from tests.cluster.conftest import StartStores
from tests.cluster.traveller import Traveller
from tests.journeys.person import attached
from tests.servers.account import Account
from tests.servers.scripted_smtp import ScriptedSmtp

CONTENT = bytes(range(256)) * 2000


def test_a_send_on_the_wrong_node_names_the_file_and_mails_nothing(
    start_stores: StartStores, account: Account, smtp: ScriptedSmtp
) -> None:
    cluster = start_stores("db", "local", smtp_host=f"localhost:{smtp.port}")
    person = Traveller(cluster.port)
    person.sign_in(account)
    draft = person.compose()
    right, wrong, other = (person.at(node) for node in cluster.nodes)
    file = right.upload(draft, CONTENT, "report.pdf")
    shown = right.get(draft).text
    typed = (("to", "ben@example.test"), ("subject", "With a report"), ("message", "Here."))

    for node in (wrong, other):
        answer = node.click(shown, draft, "send", *typed)
        assert "report.pdf" in answer.problems
        shown = right.get(draft).text

    assert smtp.transactions == []
    assert 'value="With a report"' in shown
    assert right.get(file).body == CONTENT
    assert right.click(shown, draft, "send", *typed).status == 303
    [message] = smtp.transactions
    assert list(attached(message.body)) == ["report.pdf"]
    assert not any(list(Path(cluster.node_folder(0), "files").rglob("*.piece")))
