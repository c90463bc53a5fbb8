"""A share that each node has mounted elsewhere, and how it fails."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.bad_input.answer import Answer
from tests.cluster.cluster import Cluster, run_cluster
from tests.cluster.ground import prepare_ground
from tests.cluster.journey import digest
from tests.cluster.stores import on_stores
from tests.cluster.traveller import Traveller
from tests.journeys.person import attached
from tests.servers.account import Account
from tests.servers.databases import StartPair
from tests.servers.dovecot import Dovecot
from tests.servers.folder import open_server_folder
from tests.servers.mounts import make_read_only, make_writable, mount_again, mounted, unmount
from tests.servers.postfix import Postfix
from tests.servers.site import Settings, ask_doctor, usual_settings, write_settings

ROOM = 8_000_000
KEPT = bytes(range(256)) * 100
REFUSED = bytes(range(256)) * 10_000


@dataclass(frozen=True)
class Shared:
    """Nodes, and the share that they have mounted."""

    cluster: Cluster
    medium: Path
    share: Path

    def make_full(self) -> None:
        """Leave room for small files only."""
        (self.share / "ballast").write_bytes(bytes(ROOM - 1_000_000))

    def make_room(self) -> None:
        """Leave room for large files again."""
        (self.share / "ballast").unlink()

    def take_away(self) -> None:
        """Unmount the share everywhere."""
        unmount(self.share)

    def bring_back(self) -> None:
        """Mount it again; below its mount point nothing was made meanwhile."""
        assert list(self.share.iterdir()) == []
        mount_again(self.medium, self.share)


@pytest.fixture(scope="module")
def shared(dovecot: Dovecot, smtp_server: Postfix, database_pairs: StartPair) -> Iterator[Shared]:
    """Three nodes, each with a path of its own to a small file system."""
    with (
        prepare_ground(lambda: database_pairs("postgresql")) as ground,
        mounted(
            "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", at=ground.folder / "medium"
        ) as medium,
        mounted("--bind", str(medium), at=ground.share),
        open_server_folder("single") as folder,
        run_cluster(
            on_stores(ground, "db", "share", usual_settings(folder, dovecot, smtp_server))
        ) as cluster,
    ):
        yield Shared(cluster, medium, ground.share)


@pytest.fixture
def single(dovecot: Dovecot, smtp_server: Postfix) -> Iterator[Settings]:
    """The settings of a node that has no neighbours."""
    with open_server_folder("single") as folder:
        yield usual_settings(folder, dovecot, smtp_server)


@pytest.fixture
def person(shared: Shared, account: Account) -> Traveller:
    """Somebody who has signed in."""
    person = Traveller(shared.cluster.port)
    person.sign_in(account)
    return person


Step = Callable[[Shared], None]
FAULTS: dict[str, tuple[Step, Step, int, str]] = {
    "read-only": (
        lambda shared: make_read_only(shared.share),
        lambda shared: make_writable(shared.share),
        503,
        "Nothing you saved is lost",
    ),
    "full": (Shared.make_full, Shared.make_room, 507, "storage is full"),
    "gone": (Shared.take_away, Shared.bring_back, 503, "Nothing you saved is lost"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_share_that_fails_refuses_uploads_and_loses_nothing(
    fault: str, shared: Shared, person: Traveller, friend: Account, dovecot: Dovecot
) -> None:
    begin, end, status, words = FAULTS[fault]
    draft = person.compose()
    file = person.upload(draft, KEPT, "kept.bin")

    begin(shared)
    answers = [put(person, draft) for _ in range(3)]
    end(shared)

    assert [answer.status for answer in answers] == [status] * 3
    assert [words in answer.json["error"] for answer in answers] == [True] * 3
    assert person.get(file).body == KEPT
    assert put(person, draft).status == 201
    assert person.send_draft(draft, friend.address, "After all").status == 303
    [message] = dovecot.mailbox(friend.address).wait_for(1)
    assert attached(message) == {"kept.bin": digest(KEPT), "refused.bin": digest(REFUSED)}


def test_a_node_that_is_started_before_its_share_is_mounted_says_so_and_makes_nothing(
    shared: Shared, single: Settings
) -> None:
    temp_dir = {"temp_dir": str(shared.share), "attachments_filesystem": {"create": False}}
    with open_server_folder("node") as folder:
        settings = write_settings(folder, {**single, **temp_dir})
        shared.take_away()
        doctor = ask_doctor(settings)
        shared.bring_back()

    assert doctor.returncode != 0
    assert "Mount the share" in doctor.stdout + doctor.stderr


def test_files_come_and_go_from_all_nodes_at_once(shared: Shared, person: Traveller) -> None:
    draft = person.compose()

    def come_and_go(number: int) -> str:
        someone = person.clone()
        file = someone.upload(draft, KEPT, f"{number}.bin", token=f"token-{number:010}")
        if number % 2:
            someone.remove(file)
        return file

    with ThreadPoolExecutor(6) as threads:
        files = list(threads.map(come_and_go, range(12)))

    assert sorted(person.list_files(draft)) == sorted(f"{number}.bin" for number in range(0, 12, 2))
    for number, file in enumerate(files):
        assert person.get(file).status == (404 if number % 2 else 200)
    assert min(shared.cluster.balancer.count_hits()) > 0


def put(person: Traveller, draft: str) -> Answer:
    """Try to attach a file."""
    headers = person.upload_headers(X_Filename="refused.bin")
    return person.ask("PUT", f"{draft}/files/token-refused", headers, REFUSED, may_fail=(503, 507))
