"""A site whose sessions and files are in a database that dies: try again, and nothing is lost."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pytest

from tests.bad_input.answer import Answer
from tests.cluster.cluster import Cluster, run_cluster
from tests.cluster.ground import prepare_ground
from tests.cluster.patience import wait_for
from tests.cluster.stores import on_stores
from tests.cluster.traveller import Traveller
from tests.servers.account import Account
from tests.servers.databases import Server, StartPair

CONTENT = bytes(range(256)) * 3000


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_nobody_is_signed_out_by_a_database_that_is_gone_and_all_is_there_again(
    kind: str, own_database_pair: StartPair, usual: Mapping[str, object], account: Account
) -> None:
    pair = own_database_pair(kind)
    with (
        prepare_ground(lambda: pair) as ground,
        run_cluster(on_stores(ground, "db", "database", usual), 2) as cluster,
    ):
        person = Traveller(cluster.port)
        person.sign_in(account)
        draft = person.compose()
        file = person.upload(draft, CONTENT, "report.pdf")
        pair.even()  # what the replica knows must not be taken for an answer of the writer
        cookies = dict(person.cookies)

        for gone in (killed, frozen):
            with gone(pair.primary):
                assert_told_to_try_again(person, draft, file)
            wait_until_asked_again(cluster, person)

        assert person.cookies == cookies
        for each in (person.at(node) for node in cluster.nodes):
            assert each.is_signed_in()
            assert each.list_files(draft) == ["report.pdf"]
            assert each.get(file).body == CONTENT


@contextmanager
def killed(server: Server) -> Iterator[None]:
    """Let a server be dead until the ``with`` block is left."""
    server.kill()
    try:
        yield
    finally:
        server.start()


@contextmanager
def frozen(server: Server) -> Iterator[None]:
    """Let a server hang until the ``with`` block is left."""
    server.freeze()
    try:
        yield
    finally:
        server.thaw()


def assert_told_to_try_again(person: Traveller, draft: str, file: str) -> None:
    """Every page and every form says so at each node, and leaves the cookies alone."""
    for ask in ways(person, draft, file):
        for answer in (ask(), ask()):
            assert answer.status == 503
            assert "try again" in answer.text.lower()
            assert "Set-Cookie" not in answer.headers


def ways(person: Traveller, draft: str, file: str) -> list[Callable[[], Answer]]:
    """What somebody may try meanwhile: pages, the file, another file, and signing out."""
    late, headers = f"{draft}/files/token-of-the-late-one", person.upload_headers()
    return [
        *(lambda path=path: look(person, path) for path in ("/m/INBOX", "/settings", draft, file)),
        lambda: person.ask("PUT", late, headers, CONTENT, may_fail=(503,)),
        lambda: person.post("/sign-out", may_fail=(503,)),
    ]


def wait_until_asked_again(cluster: Cluster, person: Traveller) -> None:
    """Return when every node has noticed that the database is back."""
    for node in cluster.nodes:
        there = person.at(node)
        wait_for(lambda at=there: look(at, "/settings").status == 200, "it is asked again")  # type: ignore[misc]


def look(person: Traveller, path: str) -> Answer:
    """Open a page, which may not be there at the moment."""
    return person.ask("GET", path, may_fail=(503,))
