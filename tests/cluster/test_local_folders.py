"""Nodes that keep files in folders of their own: nothing is mailed without them."""

from pathlib import Path

import pytest

from tests.bad_input.multipart import field, file, multipart
from tests.bad_input.visitor import VERSION
from tests.cluster.cluster import Cluster
from tests.cluster.conftest import StartStores
from tests.cluster.traveller import Traveller
from tests.journeys.person import attached
from tests.servers.account import Account
from tests.servers.dovecot import Dovecot
from tests.servers.scripted_smtp import ScriptedSmtp
from tests.servers.site import ask_doctor

CONTENT = bytes(range(256)) * 2000


def begin(
    start_stores: StartStores, account: Account, smtp: ScriptedSmtp
) -> tuple[Cluster, Traveller, str]:
    """Three nodes with folders of their own, somebody signed in, and the address of a draft."""
    cluster = start_stores("db", "local", smtp_host=f"localhost:{smtp.port}")
    person = Traveller(cluster.port)
    person.sign_in(account)
    return cluster, person, person.compose()


def test_a_send_on_the_wrong_node_names_the_file_and_mails_nothing(
    start_stores: StartStores, account: Account, smtp: ScriptedSmtp
) -> None:
    cluster, person, draft = begin(start_stores, account, smtp)
    right, wrong, other = (person.at(node) for node in cluster.nodes)
    file = right.upload(draft, CONTENT, "report.pdf")
    shown = right.get(draft).text
    typed = (("to", "ben@example.test"), ("subject", "With a report"), ("message", "Here."))
    assert [len(pieces_of(cluster, number)) for number in range(3)] == [1, 0, 0]

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
    assert pieces_of(cluster, 0) == []


def pieces_of(cluster: Cluster, number: int) -> list[Path]:
    """What a node keeps of files in the folder that is its ``temp_dir``."""
    return list(Path(cluster.node_folder(number), "files", "attachments").rglob("*.piece"))


def test_a_page_of_the_wrong_node_names_the_file_and_sends_nothing_without_it(
    start_stores: StartStores, account: Account, smtp: ScriptedSmtp, dovecot: Dovecot
) -> None:
    cluster, person, draft = begin(start_stores, account, smtp)
    right, wrong, other = (person.at(node) for node in cluster.nodes)
    right.upload(draft, CONTENT, "report.pdf")
    typed = (("to", "ben@example.test"), ("subject", "With a report"), ("message", "Here."))
    assert right.click(right.get(draft).text, draft, "save", *typed).status == 303

    for node in (wrong, other):
        shown = node.get(draft).text
        assert "Cannot be reached now" in shown
        assert node.list_files(draft) == ["report.pdf"]
        assert "report.pdf" in node.click(shown, draft, "send", *typed).problems
        others = (typed[0], ("subject", f"By {node.port}"), typed[2])
        assert node.click(node.get(draft).text, draft, "save", *others).status == 303

    assert smtp.transactions == []
    [copy] = dovecot.mailbox(account.address).fetch("Drafts")
    assert list(attached(copy)) == ["report.pdf"]
    assert right.click(right.get(draft).text, draft, "send", *typed).status == 303
    [message] = smtp.transactions
    assert list(attached(message.body)) == ["report.pdf"]


def test_a_file_that_is_out_of_reach_can_be_removed_and_the_rest_sent(
    start_stores: StartStores, account: Account, smtp: ScriptedSmtp
) -> None:
    cluster, person, draft = begin(start_stores, account, smtp)
    gone, stays = (person.at(node) for node in cluster.nodes[:2])
    file = gone.upload(draft, CONTENT, "report.pdf")
    stays.upload(draft, CONTENT, "plan.pdf", "p" * 32)
    typed = (("to", "ben@example.test"), ("subject", "With a plan"), ("message", "Here."))

    stays.remove(file)
    shown = stays.get(draft).text

    assert "Cannot be reached now" not in shown
    assert stays.click(shown, draft, "send", *typed).status == 303
    [message] = smtp.transactions
    assert list(attached(message.body)) == ["plan.pdf"]


def test_a_file_that_was_removed_on_another_node_is_not_sent_by_an_older_page(
    start_stores: StartStores, account: Account, smtp: ScriptedSmtp
) -> None:
    cluster, person, draft = begin(start_stores, account, smtp)
    right, wrong = (person.at(node) for node in cluster.nodes[:2])
    file = right.upload(draft, CONTENT, "secret.pdf")
    shown = right.get(draft).text
    typed = (("to", "ben@example.test"), ("subject", "Nothing"), ("message", "Here."))

    wrong.remove(file)
    refused = right.click(shown, draft, "send", *typed)
    shown = right.get(draft).text
    right.remove(file)

    assert "secret.pdf" in refused.problems
    assert "Not complete" in shown
    assert smtp.transactions == []
    assert right.click(right.get(draft).text, draft, "send", *typed).status == 303
    [message] = smtp.transactions
    assert list(attached(message.body)) == []


def test_a_form_with_files_is_taken_by_a_node_that_has_not_met_the_draft(
    start_stores: StartStores, account: Account, smtp: ScriptedSmtp
) -> None:
    cluster, person, draft = begin(start_stores, account, smtp)
    shown, other = person.at(cluster.nodes[0]).get(draft).text, person.at(cluster.nodes[1])
    [version] = VERSION.findall(shown)
    typed = (("version", version), ("to", "ben@example.test"), ("message", "Here."), ("do", "send"))
    parts = [field("csrf", other.token), *(field(*each) for each in typed)]

    answer = other.send(draft, multipart(*parts, file(CONTENT, filename="plan.pdf")))
    late = other.put(f"{draft}/files/{'l' * 32}", CONTENT, X_Filename="late.pdf")

    assert answer.status == 303, answer.problems
    [message] = smtp.transactions
    assert list(attached(message.body)) == ["plan.pdf"]
    assert late.status == 410


@pytest.mark.parametrize(("attachments", "is_told"), [("local", True), ("share", False)])
def test_the_doctor_and_the_log_name_nodes_with_folders_of_their_own(
    start_stores: StartStores, attachments: str, is_told: bool
) -> None:
    cluster = start_stores("db", attachments)

    done = ask_doctor(cluster.node_folder(0) / "satchel.toml")

    logs = "".join((node.folder / "site.log").read_text() for node in cluster.nodes)
    assert ('node "node1" does not use the medium of this one' in done.stdout) is is_told
    assert ("mount one share as temp_dir" in done.stdout) is is_told
    assert ("does not use the medium of this one" in logs) is is_told
    assert done.returncode == 0
