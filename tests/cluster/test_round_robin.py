"""Upload here, send there, again and again: a message arrives whole or is refused by name."""

from collections.abc import Mapping

from tests.cluster.cluster import run_cluster
from tests.cluster.conftest import StartStores
from tests.cluster.ground import prepare_ground
from tests.cluster.journey import digest
from tests.cluster.stores import on_stores
from tests.cluster.traveller import Traveller
from tests.journeys.person import attached, read
from tests.servers.account import Account
from tests.servers.databases import StartPair
from tests.servers.scripted_smtp import ScriptedSmtp

SMALL = bytes(range(256)) * 800
LARGE = bytes(range(256)) * 4 * 13_000
TO = ("to", "ben@example.test")


def test_with_local_folders_each_send_arrives_whole_or_is_refused_by_name(
    start_stores: StartStores, account: Account, smtp: ScriptedSmtp
) -> None:
    cluster = start_stores("db", "local", smtp_host=f"localhost:{smtp.port}")
    person = Traveller(cluster.port)
    person.sign_in(account)

    taken, refused = [], []
    for number in range(9):
        first = person.at(cluster.nodes[number // 3])
        draft = first.compose()
        first.upload(draft, SMALL, "report.pdf")
        typed = (TO, ("subject", f"{number}"), ("message", "Here."))
        answer = person.click(first.get(draft).text, draft, "send", *typed)
        if answer.status == 303:
            taken.append(f"{number}")
        elif "report.pdf" in answer.problems:
            refused.append(f"{number}")

    assert [len(taken), len(refused)] == [3, 6]
    assert [read(each.body)["Subject"] for each in smtp.transactions] == taken
    whole = {"report.pdf": digest(SMALL)}
    assert [attached(each.body) for each in smtp.transactions] == [whole] * 3


def test_files_near_a_packet_of_the_database_arrive_whole_through_any_node(
    database_pairs: StartPair,
    usual: Mapping[str, object],
    account: Account,
    smtp: ScriptedSmtp,
) -> None:
    settings = {**usual, "smtp_host": f"localhost:{smtp.port}"}
    with (
        prepare_ground(lambda: database_pairs("mariadb")) as ground,
        run_cluster(on_stores(ground, "memcache", "redundant", settings), 2) as cluster,
    ):
        assert int(ground.pair.primary.sql("SELECT @@max_allowed_packet")) <= 16 * 2**20
        person = Traveller(cluster.port)
        person.sign_in(account)

        for _ in range(3):
            draft = person.compose()
            person.upload(draft, LARGE, "film.bin")
            answer = person.send_draft(draft, TO[1], "A film")
            assert answer.status == 303, answer.problems

    assert [attached(each.body) for each in smtp.transactions] == [{"film.bin": digest(LARGE)}] * 3
