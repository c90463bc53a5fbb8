"""What the demo's people have kept before anybody signs in."""

from dataclasses import replace

import pytest

import satchel
from satchel.mail.server import MailServer
from satchel_site.demo.keepsakes import seed_keepsakes
from satchel_site.host import owner_of_account
from tests.userdata_site.conftest import House
from tests.userdata_site.guest import Guest

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_each_account_has_an_identity_and_contacts_once(ada: Guest, house: House) -> None:
    host, hooks = house.app[satchel.HOST], house.hooks
    addresses = [account.address for account in house.mail.accounts]
    await seed_keepsakes(host, addresses)

    for who in range(2):
        [standard, *_] = await hooks.userdata_identities(owner=house.owner(who))
        assert standard.address == addresses[who]
        assert standard.signature
        assert (await hooks.userdata_contacts(owner=house.owner(who))).total > 2
    suggested = (await ada.ask_json("/contacts/suggest?text=reading")).json["suggestions"]
    assert ["Reading group"] == [one["name"] for one in suggested]

    page = await hooks.userdata_contacts(owner=house.owner())
    ids = [contact.id for contact in page.contacts]
    await hooks.userdata_contacts_delete(owner=house.owner(), ids=ids)
    await seed_keepsakes(host, addresses)
    assert 0 == (await hooks.userdata_contacts(owner=house.owner())).total


async def test_what_is_kept_stays_when_the_mail_server_moves_to_another_port() -> None:
    plain = MailServer("mail.example", 143, "starttls")
    encrypted = replace(plain, port=993, tls="implicit")

    assert owner_of_account(plain, "A@b.example") == owner_of_account(encrypted, "a@b.example")
    assert owner_of_account(plain, "a@b.example") != owner_of_account(plain, "c@b.example")
