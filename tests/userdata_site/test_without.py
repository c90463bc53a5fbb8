"""The site without the plugin: everything else works, and nothing leads to pages that need it."""

import pytest

from tests.userdata_site.conftest import open_house
from tests.userdata_site.guest import visiting

PAGES = (
    "/contacts",
    "/contacts/new",
    "/contacts/groups",
    "/contacts/collected",
    "/contacts/suggest?text=a",
    "/settings/preferences",
    "/settings/identities",
    "/settings/identities/new",
)


async def test_the_site_works_without_the_plugin(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("without")
    async with open_house(folder, plugins=[]) as house, visiting(house.url) as ada:
        await ada.sign_in(house.mail.accounts[0])

        assert [404] * len(PAGES) == [(await ada.get(path)).status for path in PAGES]
        for path in ("/m/INBOX", "/settings", "/compose"):
            page = await ada.get(path)
            assert 200 == page.status
            assert "/contacts" not in page.text
            assert "/settings/" not in page.text.replace("/settings/sign-out", "")
        draft = await ada.compose()
        assert "" == (await ada.get(draft)).message
        sent = await ada.write(draft, "send", to="ben@satchel.example", subject="Without")
        assert 303 == sent.status
