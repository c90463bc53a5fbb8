"""The primary of a small site's database dies and its standby is promoted."""

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.bad_input.answer import Answer
from tests.cluster.cluster import Cluster, SettingsOf, run_cluster
from tests.cluster.journey import digest
from tests.cluster.patience import wait_for
from tests.cluster.traveller import Traveller
from tests.journeys.person import attached
from tests.servers.account import Account
from tests.servers.databases import Pair, StartPair
from tests.servers.scripted_smtp import ScriptedSmtp

CONTENT = bytes(range(256)) * 3000
BACK_AFTER = 10.0
TYPED = (("to", "ben@example.test"), ("subject", "After all"), ("message", "Here."))


def small_site(pair: Pair, settings: Mapping[str, object]) -> SettingsOf:
    """Everything in one database, of which both servers are named."""
    primary, standby = pair.primary, pair.replica
    first = f"@{primary.host}:{primary.port}"
    both = primary.dsn.replace(f"{first}/", f"{first},{standby.host}:{standby.port}/")
    stores = {"db_dsnw": both, "attachment_storage": "database"}

    def settings_of(number: int, folder: Path) -> Mapping[str, object]:
        own = {"node": f"node{number}", "temp_dir": str(folder), "proxy_whitelist": ["127.0.0.1"]}
        return {**settings, **own, **stores}

    return settings_of


def put(person: Traveller, draft: str) -> Answer:
    """Try to attach a file."""
    headers = person.upload_headers(X_Filename="late.pdf")
    return person.ask("PUT", f"{draft}/files/token-late", headers, CONTENT, may_fail=(503,))


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_nobody_is_signed_out_and_what_was_acknowledged_is_sent_after_a_promotion(
    kind: str,
    own_database_pair: StartPair,
    usual: Mapping[str, object],
    account: Account,
    smtp: ScriptedSmtp,
) -> None:
    pair = own_database_pair(kind)
    settings = {**usual, "smtp_host": f"localhost:{smtp.port}"}
    with run_cluster(small_site(pair, settings), 2) as cluster:
        person = Traveller(cluster.port)
        person.sign_in(account)
        draft = person.compose()
        person.upload(draft, CONTENT, "early.pdf")
        assert person.write(draft, "save", *TYPED).status == 303
        pair.even()

        pair.primary.kill()
        is_refused_in_words(cluster, person, draft)
        pair.replica.promote()
        began = time.monotonic()
        for node in cluster.nodes:
            wait_for(lambda node=node: is_there(person.at(node), draft), "a node is back")  # type: ignore[misc]
        took = time.monotonic() - began

        cluster.wait_until_ready(0, 1)
        assert [person.is_signed_in() for _ in range(2)] == [True] * 2
        assert person.list_files(draft) == ["early.pdf"]
        assert put(person, draft).status == 201
        assert person.write(draft, "send", *TYPED).status == 303
        [message] = smtp.transactions
        assert attached(message.body) == {
            name: digest(CONTENT) for name in ("early.pdf", "late.pdf")
        }
        assert took < BACK_AFTER


def is_refused_in_words(cluster: Cluster, person: Traveller, draft: str) -> None:
    """See every node say 503, in words, and take no cookie away."""
    for node in cluster.nodes:
        visitor = person.at(node)
        page, upload = visitor.ask("GET", draft, may_fail=(503,)), put(visitor, draft)
        assert (page.status, upload.status) == (503, 503)
        assert "Try again" in page.text
        assert "Try again" in upload.json["error"]
        assert visitor.cookies == person.cookies


def is_there(person: Traveller, draft: str) -> bool:
    """Whether a node shows the draft again."""
    return person.ask("GET", draft, may_fail=(503,)).status == 200
