"""One site for all of these tests, with two people signed in."""

from collections.abc import Iterator

import pytest

from tests.bad_input.visitor import Visitor
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix
from tests.servers.site import Site, opened_site

LIMIT = 1_000_000


@pytest.fixture(scope="package")
def house(dovecot: Dovecot, smtp_server: Postfix) -> Iterator[Site]:
    """A site whose messages may have a million bytes."""
    with opened_site(dovecot, smtp_server, max_message_size=LIMIT) as running:
        yield running


@pytest.fixture
def stranger(house: Site) -> Visitor:
    """Somebody who has not signed in."""
    return Visitor(house.port)


@pytest.fixture(scope="package")
def ana_signed_in(house: Site, dovecot: Dovecot) -> Visitor:
    """Ana's browser."""
    visitor = Visitor(house.port)
    visitor.sign_in(dovecot.add_account("ana"))
    return visitor


@pytest.fixture(scope="package")
def ben_signed_in(house: Site, dovecot: Dovecot) -> Visitor:
    """Ben's browser."""
    visitor = Visitor(house.port)
    visitor.sign_in(dovecot.add_account("ben"))
    return visitor


@pytest.fixture
def ana(ana_signed_in: Visitor) -> Visitor:
    """Ana, in a tab of her own."""
    return ana_signed_in.clone()


@pytest.fixture
def ben(ben_signed_in: Visitor) -> Visitor:
    """Ben, in a tab of his own."""
    return ben_signed_in.clone()


@pytest.fixture
def draft(ana: Visitor) -> str:
    """The address of a new draft of Ana's."""
    return ana.compose()


@pytest.fixture
def address(draft: str) -> str:
    """Where a file is uploaded to."""
    return f"{draft}/files/{'t' * 32}"
