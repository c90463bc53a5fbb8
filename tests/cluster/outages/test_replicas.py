"""Replicas that lag behind: nobody sees it, and nobody waits for them."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.bad_input.answer import Answer
from tests.cluster.cluster import run_cluster
from tests.cluster.ground import Ground, prepare_ground
from tests.cluster.journey import spend_a_day
from tests.cluster.stores import on_stores
from tests.cluster.traveller import Traveller
from tests.servers.account import Account
from tests.servers.certificates import Certificates
from tests.servers.databases import Pair, Server, StartPair
from tests.servers.dovecot import Dovecot
from tests.servers.folder import open_server_folder
from tests.servers.mariadb import Mariadb
from tests.servers.postgresql import Postgresql

LAG = 10
QUICK = 2.5
SETTINGS = "/settings/preferences"


class Timed(Traveller):
    """Notes how long each answer takes."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.waits: list[float] = []

    def ask(self, *arguments: object, **more: object) -> Answer:
        began = time.monotonic()
        answer = super().ask(*arguments, **more)  # type: ignore[arg-type]
        self.waits.append(time.monotonic() - began)
        return answer


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_replica_that_stands_still_is_never_seen(
    kind: str,
    database_pairs: StartPair,
    usual: Mapping[str, object],
    account: Account,
    friend: Account,
    dovecot: Dovecot,
) -> None:
    pair, settings = database_pairs(kind), {**usual, "plugins": ["userdata"]}
    with (
        prepare_ground(lambda: pair) as ground,
        run_cluster(on_stores(ground, "db", "database", settings)) as cluster,
    ):
        reader = sign_in_and_wait(cluster.port, friend, pair.primary, [pair.replica])
        with behind(pair):
            person = Timed(cluster.port)
            person.sign_in(account)
            settle_things(person)
            assert int(ask(pair.primary, ground, "SELECT count(*) FROM sessions")) > 0
            assert ask(pair.primary, ground, "SELECT name FROM userdata_contacts") == "Zoe Far"
            assert ask(pair.replica, ground, "SELECT name FROM userdata_contacts") == ""
            assert "dark" in ask(pair.primary, ground, "SELECT value FROM userdata_preferences")
            assert_answers(pair.replica, reader)
            assert max(person.waits) < QUICK
            person.sign_out()
            spend_a_day(person, account, friend, dovecot)
            assert max(person.waits) < LAG / 2
            assert min(cluster.balancer.count_hits()) > 0


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_each_node_has_a_replica_of_its_own_that_lags_as_it_likes(
    kind: str,
    own_database_pair: StartPair,
    certificates: Certificates,
    usual: Mapping[str, object],
    account: Account,
    friend: Account,
    dovecot: Dovecot,
) -> None:
    pair = own_database_pair(kind)
    with (
        prepare_ground(lambda: pair) as ground,
        open_replicas(pair, ground, certificates) as replicas,
    ):
        base = on_stores(ground, "db", "database", {**usual, "plugins": ["userdata"]})
        name = str(ground.database["db_dsnw"]).rpartition("/")[2]

        def settings_of(number: int, folder: Path) -> Mapping[str, object]:
            reader = f"{replicas[number].dsn.rpartition('/')[0]}/{name}"
            return {**base(number, folder), "db_dsnr": reader}

        with run_cluster(settings_of) as cluster:
            reader = sign_in_and_wait(cluster.port, friend, pair.primary, replicas)
            delay(replicas[1])
            replicas[2].pause()
            person = Timed(cluster.port)
            person.sign_in(account)
            settle_things(person)
            for node, replica in zip(cluster.nodes, replicas, strict=True):
                assert_answers(replica, reader.at(node))
            assert max(person.waits) < QUICK
            person.sign_out()
            spend_a_day(person, account, friend, dovecot)
            assert max(person.waits) < LAG / 2
            assert min(cluster.balancer.count_hits()) > 0


def sign_in_and_wait(
    port: int, account: Account, primary: Server, replicas: Iterable[Server]
) -> Timed:
    """Sign somebody in of whom the replicas know all, and who writes nothing more."""
    reader = Timed(port)
    reader.sign_in(account)
    assert reader.get(SETTINGS).status == 200
    for replica in replicas:
        Pair(primary, replica).even()
    return reader


def settle_things(person: Traveller) -> None:
    """Change a setting twice and add a contact; every node shows it at once."""
    for theme in ("light", "dark"):
        form = (("name", "theme"), ("value", theme))
        assert person.post(SETTINGS, *form).status == 303
        pages = [person.get(SETTINGS).text for _ in range(3)]
        assert [f'data-theme="{theme}"' in page for page in pages] == [True] * 3
    form = (("name", "Zoe Far"), ("addresses", "zoe@example.test"))
    assert person.post("/contacts/new", *form).status == 303
    for _ in range(3):
        [found] = person.get("/contacts/suggest?text=zo").json["suggestions"]
        assert found["address"] == "zoe@example.test"


def assert_answers(replica: Server, reader: Timed) -> None:
    """The replica is asked, by its own word, when somebody reads who has written nothing new."""
    if isinstance(replica, Mariadb):
        replica.start_log()
    before = replica.counts("userdata_preferences")
    assert reader.get(SETTINGS).status == 200
    assert replica.counts("userdata_preferences") > before
    assert max(reader.waits) < QUICK


@contextmanager
def behind(pair: Pair) -> Iterator[None]:
    """Let the replica have all that there is, and what comes later: much later, or not at all."""
    pair.even()
    if isinstance(pair.replica, Mariadb):
        pair.replica.delay(LAG)
    else:
        pair.replica.pause()
    try:
        yield
    finally:
        if isinstance(pair.replica, Mariadb):
            pair.replica.delay(0)
        else:
            pair.replica.resume()


def ask(server: Server, ground: Ground, statement: str) -> str:
    """Ask a server about the database of a cluster."""
    return server.sql(statement, str(ground.database["db_dsnw"]).rpartition("/")[2])


@contextmanager
def open_replicas(pair: Pair, ground: Ground, certificates: Certificates) -> Iterator[list[Server]]:
    """Start two more replicas of a primary."""
    assert ground.database
    with ExitStack() as stack:
        replicas = [pair.replica]
        for _ in range(2):
            folder = stack.enter_context(open_server_folder("replica")) / "of"
            replicas.append(stack.enter_context(open_replica(pair.primary, folder, certificates)))
        yield replicas


@contextmanager
def open_replica(primary: Server, folder: Path, certificates: Certificates) -> Iterator[Server]:
    """Start a replica of a primary in a folder."""
    if isinstance(primary, Postgresql):
        with primary.replica(folder) as copy:
            yield copy
        return
    with Mariadb(folder, certificates) as follower:
        follower.follow(primary)
        primary.wait_for(follower)
        yield follower


def delay(replica: Server) -> None:
    """Let a replica replay everything so much later."""
    if isinstance(replica, Mariadb):
        replica.delay(LAG)
        return
    replica.sql(f"ALTER SYSTEM SET recovery_min_apply_delay = '{LAG}s'", "postgres")
    replica.sql("SELECT pg_reload_conf()", "postgres")
