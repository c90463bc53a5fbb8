"""Nodes that die with their disks: what was acknowledged is sent by another, once."""

import random
import shutil
import threading
from collections.abc import Mapping, Sequence

import pytest

from satchel_hookspecs import BLOCK
from satchel_hookspecs.incoming import PIECE_BLOCKS
from tests.bad_input.answer import Answer
from tests.cluster.cluster import run_cluster
from tests.cluster.conftest import StartStores
from tests.cluster.ground import Ground
from tests.cluster.journey import digest
from tests.cluster.patience import wait_for
from tests.cluster.stores import on_stores
from tests.cluster.traveller import Traveller
from tests.journeys.person import attached, read
from tests.servers.account import Account
from tests.servers.scripted_smtp import DOT, ScriptedSmtp
from tests.servers.threaded import Fault

CONTENT = bytes(range(256)) * 8192
CHECKPOINT = PIECE_BLOCKS * BLOCK
LARGE = random.Random(1).randbytes(CHECKPOINT + 24 * BLOCK)  # a node reads some blocks ahead
TYPED = (("to", "ben@example.test"), ("message", "Here."))
LEASE_IS_OVER = 120.0


def test_a_file_outlives_the_node_that_took_it_and_its_disk(
    start_stores: StartStores, account: Account, smtp: ScriptedSmtp
) -> None:
    cluster = start_stores("db", "database", smtp_host=f"localhost:{smtp.port}")
    person = Traveller(cluster.port)
    person.sign_in(account)
    draft = person.compose()
    person.at(cluster.nodes[0]).upload(draft, CONTENT, "report.pdf")

    cluster.nodes[0].kill()
    shutil.rmtree(cluster.nodes[0].folder)
    answer = person.send_draft(draft, "ben@example.test", "With a report")

    assert answer.status == 303, answer.problems
    [message] = smtp.transactions
    assert attached(message.body) == {"report.pdf": digest(CONTENT)}


def test_an_upload_whose_node_dies_goes_on_at_another(
    start_stores: StartStores, account: Account, smtp: ScriptedSmtp
) -> None:
    cluster = start_stores("db", "database", smtp_host=f"localhost:{smtp.port}")
    person = Traveller(cluster.port)
    person.sign_in(account)
    draft, first, other = person.compose(), *map(person.at, cluster.nodes[:2])
    address = f"{draft}/files/token-of-the-upload"
    headers = first.upload_headers(X_Filename="report.pdf", Content_Length=str(len(LARGE)))

    with first.opened("PUT", address, headers) as connection:
        connection.sendall(LARGE[:-BLOCK])
        wait_for(lambda: kept_of(other, address), "a checkpoint is seen by another node")
        cluster.nodes[0].kill()
    offset = kept_of(person, address)
    unfinished = person.list_files(draft)
    refused = person.send_draft(draft, "ben@example.test", "With half a report")
    answer = person.patch(address, str(offset), LARGE[offset:])

    assert CHECKPOINT <= offset < len(LARGE)
    assert unfinished == ["report.pdf"]
    assert refused.status == 200
    assert "report.pdf" in refused.problems
    assert smtp.transactions == []
    assert answer.json["sha256"] == digest(LARGE)
    assert person.send_draft(draft, "ben@example.test", "With a report").status == 303
    [message] = smtp.transactions
    assert attached(message.body) == {"report.pdf": digest(LARGE)}


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("sessions", "attachments", "hosts"),
    [
        ("db", "database", ()),
        ("memcache", "redundant", (0,)),
        ("memcache", "redundant", (1,)),
        ("memcache", "database in memcached", (0,)),
    ],
)
def test_nodes_that_die_while_they_send_leave_one_message_or_a_doubt(
    sessions: str,
    attachments: str,
    hosts: Sequence[int],
    ground: Ground,
    usual: Mapping[str, object],
    account: Account,
    smtp: ScriptedSmtp,
) -> None:
    settings = {**usual, "smtp_host": f"localhost:{smtp.port}"}
    with run_cluster(on_stores(ground, sessions, attachments, settings)) as cluster:
        person = Traveller(cluster.port)
        person.sign_in(account)
        drafts = {subject: person.compose() for subject in ("Before", "After")}
        for draft in drafts.values():
            person.upload(draft, CONTENT, "report.pdf")

        smtp.script["DATA"] = Fault.HANG
        send_and_hang(person.at(cluster.nodes[0]), drafts["Before"], "Before")
        wait_for(lambda: "DATA" in smtp.commands, "the first node has come to DATA")
        smtp.script = {DOT: Fault.HANG}
        send_and_hang(person.at(cluster.nodes[1]), drafts["After"], "After")
        wait_for(lambda: smtp.transactions[-1].body, "the second node has come to the dot")
        for server in [*cluster.nodes[:2], *(ground.memcached[host] for host in hosts)]:
            server.kill()
        smtp.script = {}

        wait_for(lambda: any(each.accepted for each in smtp.transactions), "sent", LEASE_IS_OVER)
        third = person.at(cluster.nodes[2])
        wait_for(lambda: third.get(drafts["Before"]).status == 404, "filed", LEASE_IS_OVER)
        said = [read(each.body)["Subject"] for each in smtp.transactions if each.body]
        accepted = [each for each in smtp.transactions if each.accepted]
        assert sorted(said) == ["After", "Before"]
        assert [read(each.body)["Subject"] for each in accepted] == ["Before"]
        assert attached(accepted[0].body) == {"report.pdf": digest(CONTENT)}
        assert third.list_files(drafts["After"]) == ["report.pdf"]


def send_and_hang(person: Traveller, draft: str, subject: str) -> None:
    """Click on Send and wait for no answer: there will be none."""

    def send() -> Answer | None:
        try:
            return person.write(draft, "send", ("subject", subject), *TYPED)
        except (OSError, EOFError):
            return None  # its node was killed

    threading.Thread(target=send, daemon=True).start()


def kept_of(person: Traveller, address: str) -> int:
    """The byte from which an upload would go on."""
    answer = person.ask("HEAD", address, person.upload_headers())
    return int(answer.headers["Upload-Offset"]) if answer.status == 200 else 0
