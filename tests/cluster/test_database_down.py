"""Files in the redundant store while the writer is down: mail goes on, and is reconciled."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.cluster.cluster import Cluster, run_cluster
from tests.cluster.ground import Ground, prepare_ground
from tests.cluster.health import wait_until_well
from tests.cluster.journey import EXPECTED, attach_all, digest
from tests.cluster.stores import on_stores
from tests.cluster.traveller import Traveller
from tests.journeys.person import attached
from tests.servers.account import Account
from tests.servers.databases import StartPair
from tests.servers.memcached import Memcached
from tests.servers.scripted_smtp import ScriptedSmtp
from tests.servers.site import Site

OLD = bytes(range(256)) * 1500
A_DAY = 86_400
READY_WITHOUT_IT = {"plugins": ["database"], "optional": ["database"]}
SIZES = (300_000, 1_500_000, 3_000_000)


@pytest.fixture
def own_ground(own_database_pair: StartPair) -> Iterator[Ground]:
    """What a cluster stands on, with a database of its own to stop."""
    pair = own_database_pair("postgresql")
    with prepare_ground(lambda: pair) as ground:
        yield ground
        if not pair.primary.is_running():
            pair.primary.start()


@pytest.fixture
def cluster(
    own_ground: Ground, usual: Mapping[str, object], smtp: ScriptedSmtp
) -> Iterator[Cluster]:
    """Two nodes with sessions in memcached and files in the redundant store."""
    settings = {**usual, "smtp_host": f"localhost:{smtp.port}", **READY_WITHOUT_IT}
    with run_cluster(on_stores(own_ground, "memcache", "redundant", settings), 2) as cluster:
        yield cluster


def test_a_message_is_written_and_sent_while_the_database_is_down_and_then_reconciled(
    cluster: Cluster, own_ground: Ground, account: Account, smtp: ScriptedSmtp
) -> None:
    person = Traveller(cluster.port)
    person.sign_in(account)
    earlier = person.compose()
    old = person.upload(earlier, OLD, "old.bin", token="token-of-the-old-one")
    gone = person.upload(earlier, b"to be removed", "gone.txt", token="token-of-the-removed")
    own_ground.pair.primary.kill()

    draft = person.compose()
    attach_all(person, draft)
    answer = person.send_draft(draft, "ben@example.test", "In the outage")
    person.rename(old, "renamed.bin")
    person.remove(gone)

    assert answer.status == 303, answer.problems
    assert [attached(each.body) for each in smtp.transactions] == [EXPECTED]
    assert [person.list_files(earlier) for _ in cluster.nodes] == [["renamed.bin"]] * 2
    own_ground.pair.primary.start()
    wait_until_well(cluster)
    sweep_as_after_a_day(cluster)
    [piece] = list_pieces(own_ground)
    assert [file.stem for file in find_local_pieces(cluster)] == [piece]
    assert [person.get(draft).status for _ in cluster.nodes] == [404] * 2
    assert [person.list_files(earlier) for _ in cluster.nodes] == [["renamed.bin"]] * 2
    answer = person.send_draft(earlier, "ben@example.test", "After the outage")
    assert answer.status == 303, answer.problems
    assert attached(smtp.transactions[-1].body) == {"renamed.bin": digest(OLD)}


def test_what_one_node_takes_in_an_outage_another_sends_whole(
    cluster: Cluster, own_ground: Ground, account: Account, smtp: ScriptedSmtp
) -> None:
    """Or not at all when memcached has dropped it; where it was taken it is sent."""
    person = Traveller(cluster.port)
    person.sign_in(account)
    own_ground.pair.primary.kill()
    takes, sends = (person.at(node) for node in cluster.nodes)

    for size in SIZES:
        draft = takes.compose()
        takes.upload(draft, OLD[:1] * size, f"{size}.bin")
        answer = sends.send_draft(draft, "ben@example.test", "In the outage")
        assert answer.status == 303, answer.problems

    expected = [{f"{size}.bin": digest(OLD[:1] * size)} for size in SIZES]
    assert [attached(each.body) for each in smtp.transactions] == expected
    draft = takes.compose()
    takes.upload(draft, OLD, "dropped.bin")
    for host in own_ground.memcached:
        drop_blocks(host)
    answer = sends.send_draft(draft, "ben@example.test", "Dropped by memcached")
    assert "Nothing was sent" in answer.problems
    assert not any(each.accepted for each in smtp.transactions[len(SIZES) :])
    answer = takes.send_draft(draft, "ben@example.test", "Dropped by memcached")
    assert answer.status == 303, answer.problems
    assert attached(smtp.transactions[-1].body) == {"dropped.bin": digest(OLD)}


def drop_blocks(host: Memcached) -> None:
    """Forget the blocks of files, as a host does whose memory is full; lists stay."""
    blocks = [key for key in host.list_items() if ":frame:" in key]
    assert blocks
    for key in blocks:
        assert host.ask(f"delete {key}".encode()) == b"DELETED\r\n"


def list_pieces(ground: Ground) -> list[str]:
    """Return the names of the pieces whose bytes are in the database."""
    database = str(ground.database["db_dsnw"]).rpartition("/")[2]
    found = ground.pair.primary.sql("SELECT DISTINCT piece FROM attachment_frames", database)
    return found.split()


def find_local_pieces(cluster: Cluster) -> list[Path]:
    """Return the pieces that the nodes have in their folders."""
    folders = [cluster.node_folder(number) / "files" for number in range(len(cluster.nodes))]
    return [file for folder in folders for file in folder.rglob("*.piece")]


def sweep_as_after_a_day(cluster: Cluster) -> None:
    """Let each node sweep when no local piece is too young to be swept."""
    for file in find_local_pieces(cluster):
        status = file.stat()
        os.utime(file, (status.st_atime - A_DAY, status.st_mtime - A_DAY))
    for node in cluster.nodes:
        sweep(node)


def sweep(node: Site) -> None:
    """Sweep as an operator does by hand."""
    satchel = Path(sys.executable).with_name("satchel")
    command = [str(satchel), "gc", "--config", str(node.folder / "satchel.toml")]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
