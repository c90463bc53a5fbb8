"""The whole site on real servers: the demo's mail, SQLite, files, and a browser without script."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sample_site.tests.visitor import Visitor

from satchel_site.app import make_app
from satchel_site.demo.servers import DemoMail, demo_mail
from satchel_site.known import KnownAccount
from satchel_site.showing import demo_settings


@pytest.fixture
async def mail(tmp_path: Path) -> AsyncIterator[DemoMail]:
    """The demo's mail servers."""
    async with demo_mail(tmp_path) as servers:
        yield servers


@pytest.fixture
async def visitor(tmp_path: Path, mail: DemoMail) -> AsyncIterator[Visitor]:
    """A visitor of the site who has not signed in."""
    (tmp_path / "attachments").mkdir()
    accounts = [KnownAccount(one.address, one.name, one.password) for one in mail.accounts]
    app = make_app(demo_settings(tmp_path, mail), accounts, stalled_after=0.5)
    async with TestClient(TestServer(app)) as client:
        yield Visitor(client, mail)


@pytest.fixture
async def ada(visitor: Visitor) -> Visitor:
    """A visitor who has signed in."""
    await visitor.sign_in()
    return visitor
