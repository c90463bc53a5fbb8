"""Replicas that lag behind: nobody sees it, and nobody waits for them."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.cluster.cluster import run_cluster
from tests.cluster.ground import Ground, prepare_ground
from tests.cluster.journey import go_on_the_journey
from tests.cluster.stores import on_stores
from tests.cluster.traveller import Traveller
from tests.servers.account import Account
from tests.servers.databases import Pair, StartPair
from tests.servers.dovecot import Dovecot
from tests.servers.folder import open_server_folder
from tests.servers.postgresql import Postgresql

LAG = "10s"


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
        standing_still(pair),
    ):
        person = Traveller(cluster.port)
        person.sign_in(account)
        settle_things(person)
        assert int(ask(pair.primary, ground, "SELECT count(*) FROM sessions")) > 0
        assert "dark" in ask(pair.primary, ground, "SELECT value FROM userdata_preferences")
        assert ask(pair.replica, ground, "SELECT value FROM userdata_preferences") == ""
        assert ask(pair.primary, ground, "SELECT name FROM userdata_contacts") == "Zoe Far"
        assert ask(pair.replica, ground, "SELECT name FROM userdata_contacts") == ""
        person.sign_out()
        go_on_the_journey(cluster.port, account, friend, dovecot)
        assert min(cluster.balancer.count_hits()) > 0


def settle_things(person: Traveller) -> None:
    """Change a setting twice and add a contact; every node shows it at once."""
    for theme in ("light", "dark"):
        form = (("name", "theme"), ("value", theme))
        assert person.post("/settings/preferences", *form).status == 303
        pages = [person.get("/settings/preferences").text for _ in range(3)]
        assert [f'data-theme="{theme}"' in page for page in pages] == [True] * 3
    form = (("name", "Zoe Far"), ("addresses", "zoe@example.test"))
    assert person.post("/contacts/new", *form).status == 303
    for _ in range(3):
        [found] = person.get("/contacts/suggest?text=zo").json["suggestions"]
        assert found["address"] == "zoe@example.test"


@contextmanager
def standing_still(pair: Pair) -> Iterator[None]:
    """Let the replica have all that there is, and nothing of what comes."""
    pair.even()
    pair.replica.pause()
    try:
        yield
    finally:
        pair.replica.resume()


def ask(server: object, ground: Ground, statement: str) -> str:
    """Ask a server about the database of a cluster."""
    name = str(ground.database["db_dsnw"]).rpartition("/")[2]
    return str(server.sql(statement, name))  # type: ignore[attr-defined]


def test_each_node_has_a_replica_of_its_own_that_lags_as_it_likes(
    own_database_pair: StartPair,
    usual: Mapping[str, object],
    account: Account,
    friend: Account,
    dovecot: Dovecot,
) -> None:
    pair = own_database_pair("postgresql")
    with prepare_ground(lambda: pair) as ground, open_replicas(pair, ground) as replicas:
        base = on_stores(ground, "db", "database", {**usual, "plugins": ["userdata"]})
        name = str(ground.database["db_dsnw"]).rpartition("/")[2]

        def settings_of(number: int, folder: Path) -> Mapping[str, object]:
            reader = f"{replicas[number].dsn.rpartition('/')[0]}/{name}"
            return {**base(number, folder), "db_dsnr": reader}

        with run_cluster(settings_of) as cluster:
            lag(pair, replicas)
            person = Traveller(cluster.port)
            person.sign_in(account)
            settle_things(person)
            person.sign_out()
            go_on_the_journey(cluster.port, account, friend, dovecot)
            assert min(cluster.balancer.count_hits()) > 0


@contextmanager
def open_replicas(pair: Pair, ground: Ground) -> Iterator[list[Postgresql]]:
    """Start two more replicas of a primary."""
    primary, first = pair.primary, pair.replica
    assert isinstance(primary, Postgresql)
    assert isinstance(first, Postgresql)
    assert ground.database
    with ExitStack() as stack:
        folders = [stack.enter_context(open_server_folder("replica")) for _ in range(2)]
        yield [first, *(stack.enter_context(primary.replica(each / "of")) for each in folders)]


def lag(pair: Pair, replicas: list[Postgresql]) -> None:
    """Let one replica follow at once, one ten seconds later, and one not at all."""
    for replica in replicas:
        pair.primary.wait_for(replica)  # type: ignore[arg-type]
    replicas[1].sql(f"ALTER SYSTEM SET recovery_min_apply_delay = '{LAG}'", "postgres")
    replicas[1].sql("SELECT pg_reload_conf()", "postgres")
    replicas[2].pause()
