"""Fixtures that start the servers once and end them with the test run."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.servers.certificates import Certificates, issue_certificates
from tests.servers.dovecot import Dovecot
from tests.servers.folder import open_server_folder
from tests.servers.memcached import Memcached
from tests.servers.postfix import Postfix
from tests.servers.redis import Redis
from tests.servers.site import Site, usual_settings

StartSite = Callable[..., Site]
StartMemcached = Callable[..., Memcached]
StartRedis = Callable[[], Redis]

ACCOUNTS = ("ana", "ben", "dora")


@pytest.fixture(scope="session")
def certificates() -> Iterator[Certificates]:
    """Certificates for localhost, and the authority that signed them."""
    with open_server_folder("certificates") as folder:
        yield issue_certificates(folder)


@pytest.fixture(scope="session")
def dovecot(certificates: Certificates) -> Iterator[Dovecot]:
    """A Dovecot for all tests, with a few accounts."""
    with open_server_folder("dovecot") as folder, Dovecot(folder, certificates) as server:
        server.add_accounts(ACCOUNTS)
        yield server


@pytest.fixture(scope="session")
def smtp_server(dovecot: Dovecot) -> Iterator[Postfix]:
    """A Postfix for all tests, which delivers to the accounts of the Dovecot."""
    with open_server_folder("postfix") as folder, Postfix(folder, dovecot) as server:
        yield server


@pytest.fixture
def start_memcached() -> Iterator[StartMemcached]:
    """Start private memcached hosts: `start_memcached("-m", "8")`; they end with the test."""
    with contextlib.ExitStack() as stack:

        def start(*options: str, **more: Any) -> Memcached:
            folder = stack.enter_context(open_server_folder("memcached"))
            return stack.enter_context(Memcached(folder, *options, **more))

        yield start


@pytest.fixture
def start_redis() -> Iterator[StartRedis]:
    """Start private Redis servers; they end with the test."""
    with contextlib.ExitStack() as stack:

        def start() -> Redis:
            return stack.enter_context(Redis(stack.enter_context(open_server_folder("redis"))))

        yield start


@pytest.fixture
def start_site(dovecot: Dovecot, smtp_server: Postfix) -> Iterator[StartSite]:
    """Start nodes of the sample site: `start_site(max_message_size=1000)`.

    What is given is put over the usual settings; nodes share a folder and a secret, so that two
    of them are one installation.
    """
    with contextlib.ExitStack() as stack:
        shared = stack.enter_context(open_server_folder("shared"))
        usual = usual_settings(shared, dovecot, smtp_server)

        def start(**settings: object) -> Site:
            folder = stack.enter_context(open_server_folder("site"))
            return stack.enter_context(Site(folder, usual | settings))

        yield start


@pytest.fixture
def site(start_site: StartSite) -> Site:
    """One node of the sample site with the usual settings."""
    return start_site()
