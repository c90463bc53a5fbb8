"""What the demo's people have kept before anybody signs in: identities and contacts."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from satchel import Host
from satchel_site.demo.seeds.letters import read_table
from satchel_site.host import owner_of_account
from satchel_site.userdata import Userdata

SEEDED = "demo.seeded"

# Any: what a file of TOML holds.
Kept = Mapping[str, Sequence[Mapping[str, Any]]]


async def seed_keepsakes(host: Host, addresses: Sequence[str]) -> None:
    """Give each account its identities and contacts, once: what is deleted stays deleted."""
    userdata = cast(Userdata, host.hooks)
    kept: Mapping[str, Kept] = read_table("keepsakes.toml")
    for address in addresses:
        owner = owner_of_account(host.settings.imap, address)
        if SEEDED in await userdata.userdata_preferences(owner=owner):
            continue
        mine = kept.get(address.partition("@")[0], {})
        await _seed(userdata, owner, address, mine)
        await userdata.userdata_preferences_set(owner=owner, changes={SEEDED: True})


async def _seed(userdata: Userdata, owner: str, address: str, kept: Kept) -> None:
    if not await userdata.userdata_identities(owner=owner):
        for identity in kept.get("identities", ()):
            await userdata.userdata_identity_save(owner=owner, address=address, **identity)
    contacts = kept.get("contacts", ())
    ids = await _groups(userdata, owner, contacts)
    if (await userdata.userdata_contacts(owner=owner, limit=1)).total:
        return
    for contact in contacts:
        groups = [ids[name] for name in contact.get("groups", ())]
        await userdata.userdata_contact_save(owner=owner, **{**contact, "groups": groups})


async def _groups(
    userdata: Userdata, owner: str, contacts: Sequence[Mapping[str, Any]]
) -> Mapping[str, str]:
    """The ids of the contacts' groups by name; those that are missing are made."""
    ids = {group.name: group.id for group in await userdata.userdata_groups(owner=owner)}
    for name in sorted({name for each in contacts for name in each.get("groups", ())}):
        if name not in ids:
            ids[name] = (await userdata.userdata_group_save(owner=owner, name=name)).id
    return ids
