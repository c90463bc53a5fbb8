"""A site, two people with mailboxes of their own, and files to attach."""

import random
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.look import Look
from tests.journeys.person import Person
from tests.servers.account import Account
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix
from tests.servers.site import Site, opened_site

MakeFile = Callable[[str, int], Path]


@pytest.fixture
def account(dovecot: Dovecot) -> Account:
    """Somebody with an empty mailbox."""
    return dovecot.add_account(f"p{secrets.token_hex(4)}")


@pytest.fixture
def friend(dovecot: Dovecot) -> Account:
    """Somebody to write to."""
    return dovecot.add_account(f"f{secrets.token_hex(4)}")


@pytest.fixture(scope="module")
def site(dovecot: Dovecot, smtp_server: Postfix) -> Iterator[Site]:
    """One site for all who have accounts of their own."""
    with opened_site(dovecot, smtp_server) as running:
        yield running


@pytest.fixture
def person(page: Page, site: Site, account: Account, look: Look) -> Person:
    """Somebody in front of the site, not signed in yet."""
    return Person(page, site.url, account, look)


@pytest.fixture
def make_file(tmp_path: Path) -> MakeFile:
    """Make a file of random bytes."""

    def make(name: str, size: int) -> Path:
        path = tmp_path / name
        path.write_bytes(random.Random(name).randbytes(size))
        return path

    return make
