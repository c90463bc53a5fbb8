"""Two nodes of the site, no stickiness, and sessions that only the platform keeps."""

import os
import sqlite3
from contextlib import closing

import pytest

from tests.journeys.person import attached, read
from tests.native.conftest import House, OpenHouse
from tests.native.wanderer import Wanderer
from tests.servers.account import Account
from tests.servers.dovecot import Dovecot

LETTER = b"From: zoe@example.test\r\nSubject: Come tomorrow\r\n\r\nDo come.\r\n"
CONTENT = os.urandom(300_000)
STORAGES = ["cookie", "memcached", "redis", "application"]


def owners_in_the_database(house: House) -> list[str | None]:
    """Whose each row of the table of sessions is; a record has no owner, a session has one."""
    with closing(sqlite3.connect(house.folder / "satchel.db")) as database:
        return [owner for (owner,) in database.execute("SELECT owner FROM sessions")]


@pytest.mark.parametrize("storage", STORAGES)
def test_mail_is_read_written_and_sent_on_any_node_and_no_session_is_kept_by_satchel(
    storage: str, open_house: OpenHouse, account: Account, friend: Account,
    dovecot: Dovecot,
) -> None:  # fmt: skip
    house = open_house(storage)
    dovecot.mailbox(account.address).deliver(LETTER)
    person = Wanderer(*house.ports)
    person.sign_in(account)
    inbox = person.get("/m/INBOX").text
    draft = person.compose()
    person.upload(draft, CONTENT, "a.bin")
    sent = person.write(draft, "send", ("to", friend.address), ("subject", "Files"))
    said = person.get("/m/INBOX").text
    [delivered] = dovecot.mailbox(friend.address).wait_for(1)
    kept = person.clone()
    owners = owners_in_the_database(house)
    person.post("/sign-out")

    assert ("Come tomorrow" in inbox, sent.status) == (True, 303)
    assert "ent" in said
    assert read(delivered)["Subject"] == "Files"
    assert list(attached(delivered)) == ["a.bin"]
    assert (person.is_signed_in(), kept.is_signed_in()) == (False, False)
    assert set(owners) == {None}
    assert "Traceback" not in house.read_logs()
