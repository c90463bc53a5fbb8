"""Real and scripted mail servers for the tests of the mail layer."""

import itertools
from collections.abc import AsyncIterator, Iterator

import pytest
from tests.servers.dovecot import Dovecot
from tests.servers.mailbox import Mailbox

from satchel.mail.account import Account
from satchel.mail.pool import ImapPool
from satchel.mail.server import Credentials, MailServer

_numbers = itertools.count(1)


@pytest.fixture
def imap_server(dovecot: Dovecot) -> MailServer:
    """Dovecot, over verified TLS."""
    authority = str(dovecot.certificates.authority)
    return MailServer("localhost", dovecot.tls_port, "implicit", authority, timeout=10)


@pytest.fixture
def mailbox(dovecot: Dovecot) -> Iterator[Mailbox]:
    """A new account, seen past the mail layer."""
    account = dovecot.add_account(f"person{next(_numbers)}")
    yield dovecot.mailbox(account.address)


@pytest.fixture
def credentials(mailbox: Mailbox) -> Credentials:
    """What the new account signs in with."""
    return Credentials(mailbox.account.address, mailbox.account.password)


@pytest.fixture
async def pool(imap_server: MailServer) -> AsyncIterator[ImapPool]:
    """A pool of connections to Dovecot."""
    async with ImapPool(imap_server) as pool:
        yield pool


@pytest.fixture
def account(pool: ImapPool, credentials: Credentials) -> Account:
    """The new account through the mail layer."""
    return pool.account(credentials)
