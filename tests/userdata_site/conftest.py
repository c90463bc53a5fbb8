"""One site for each file of tests, and a user who has kept nothing yet in each test."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

import satchel
from satchel_hookspecs import Unavailable
from satchel_site.app import make_app
from satchel_site.demo.servers import DemoMail, demo_mail
from satchel_site.host import owner_of_account
from satchel_site.showing import demo_settings
from tests.userdata_site.guest import Guest, visiting

Fail = Callable[..., None]


@dataclass(frozen=True, slots=True)
class House:
    """A running site with its mail servers."""

    app: web.Application
    mail: DemoMail
    url: URL

    @property
    def hooks(self) -> Any:
        """What the plugins offer."""
        return self.app[satchel.HOST].hooks

    def owner(self, who: int = 0) -> str:
        """The name of an account in the stores."""
        imap = self.app[satchel.HOST].settings.imap
        return owner_of_account(imap, self.mail.accounts[who].address)


@asynccontextmanager
async def open_house(folder: Path, **settings: object) -> AsyncIterator[House]:
    """The demo's site on a folder, without what the demo's people have kept."""
    async with AsyncExitStack() as stack:
        mail = await stack.enter_async_context(demo_mail(folder))
        (folder / "attachments").mkdir()
        values = {**demo_settings(folder, mail).written.values, **settings}
        app = make_app(satchel.settings_from(values))
        server = await stack.enter_async_context(TestServer(app))
        yield House(app, mail, server.make_url("/"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The site of one file of tests."""
    async with open_house(tmp_path_factory.mktemp("house")) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ada_signed_in(house: House) -> AsyncIterator[Guest]:
    """Ada's browser."""
    async with visiting(house.url) as guest:
        await guest.sign_in(house.mail.accounts[0])
        yield guest


@pytest_asyncio.fixture(loop_scope="module")
async def ada(house: House, ada_signed_in: Guest) -> Guest:
    """Ada, who has kept nothing yet."""
    await house.hooks.userdata_delete(owner=house.owner(0))
    await house.hooks.userdata_delete(owner=house.owner(1))
    return ada_signed_in


@pytest.fixture
def fail(house: House, monkeypatch: pytest.MonkeyPatch) -> Fail:
    """Let hooks be out of reach: ``fail("userdata_contacts")``; without names, all of them."""

    async def out_of_reach(**_: object) -> None:
        raise Unavailable("The database does not answer.")

    def begin(*names: str) -> None:
        known = [name for name in vars(house.hooks) if name.startswith("userdata_")]
        for name in names or known:
            monkeypatch.setattr(house.hooks, name, out_of_reach)

    return begin
