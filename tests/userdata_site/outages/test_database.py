"""What a user sees while the database of what is kept fails, and mail does not."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.servers.databases import Pair, StartPair
from tests.servers.fixtures import StartMemcached
from tests.servers.postgresql import Postgresql
from tests.userdata_site.conftest import open_house
from tests.userdata_site.guest import Guest, visiting
from tests.userdata_site.test_preferences import BANNER

PAGES = ("/contacts", "/settings/identities", "/settings/preferences", "/contacts/suggest?text=a")


@pytest.fixture
def pair(own_database_pair: StartPair) -> Pair:
    return own_database_pair("postgresql")


@pytest.fixture
async def ada(tmp_path: Path, pair: Pair, start_memcached: StartMemcached) -> AsyncIterator[Guest]:
    """Ada, whose sessions and drafts are in memcached, and all else in PostgreSQL."""
    assert isinstance(pair.primary, Postgresql) and isinstance(pair.replica, Postgresql)
    settings = {
        "session_storage": "memcache",
        "memcache_hosts": [start_memcached("-m", "64").address],
        "db_dsnw": pair.primary.dsn,
        "db_dsnr": pair.replica.dsn,
        "database": {"deadline": 1.0},
    }
    async with open_house(tmp_path, **settings) as house, visiting(house.url) as guest:
        await guest.sign_in(house.mail.accounts[0])
        yield guest


async def test_what_was_kept_is_read_again_at_once_though_the_reader_lags(
    ada: Guest, pair: Pair
) -> None:
    pair.even()
    assert isinstance(pair.replica, Postgresql)
    pair.replica.pause()

    await ada.post("/settings/preferences", name="theme", value="dark")
    await ada.post("/contacts/new", name="Zoe", addresses="zoe@hills.example")
    await ada.post("/settings/identities/new", name="Ada", address="a@b.example", signature="Ada")

    assert 'data-theme="dark"' in (await ada.get("/m/INBOX")).text
    [found] = (await ada.ask_json("/contacts/suggest?text=zo")).json["suggestions"]
    assert "Zoe <zoe@hills.example>" == found["entry"]
    assert "\n\n-- \nAda\n" == (await ada.get(await ada.compose())).message
    pair.replica.resume()


@pytest.mark.parametrize("how", ["freeze", "kill"])
async def test_mail_goes_on_while_the_database_is_gone(ada: Guest, pair: Pair, how: str) -> None:
    await ada.post("/settings/preferences", name="theme", value="dark")
    draft = await ada.compose()
    for server in (pair.primary, pair.replica):
        getattr(server, how)()

    assert BANNER in (await ada.get("/m/INBOX")).words
    assert [503] * len(PAGES) == [(await ada.get(path)).status for path in PAGES]
    sent = await ada.write(draft, "send", to="ben@satchel.example", subject="In an outage")
    assert 303 == sent.status, sent.words
    assert re.search("In an outage", (await ada.get("/m/Sent")).words)

    for server in (pair.primary, pair.replica):
        getattr(server, "thaw" if how == "freeze" else "start")()
    page = await ada.get("/m/INBOX")
    async with asyncio.timeout(30):
        while BANNER in page.words:
            page = await ada.get("/m/INBOX")
    assert 'data-theme="dark"' in page.text
