"""Whom the user may mean, while a recipient is typed: JSON for the compose page's script."""

import asyncio
from collections.abc import Sequence

from aiohttp import web

from satchel_site.address_book import ContactGroup
from satchel_site.contact_listing import entry
from satchel_site.host import owner_of, signed_in
from satchel_site.refusal import not_found
from satchel_site.userdata import userdata_of

LONGEST_TEXT = 100
MOST, MOST_GROUPS, MOST_MEMBERS = 8, 3, 500


@signed_in
async def suggest(request: web.Request) -> web.StreamResponse:
    """Suggest people and groups for what was typed."""
    text = request.query.get("text", "").strip()[:LONGEST_TEXT]
    if not text:
        return web.json_response({"suggestions": []})
    userdata, owner = userdata_of(request), owner_of(request)
    groups, people = await asyncio.gather(
        userdata.userdata_groups(owner=owner),
        userdata.userdata_suggest(owner=owner, text=text, limit=MOST),
    )
    found: list[dict[str, str]] = [
        {"name": one.name, "address": one.address, "entry": entry(one.name, one.address)}
        for one in people
    ]
    found += [
        {"name": one.name, "address": _size(one), "group": one.id} for one in _fitting(groups, text)
    ]
    return web.json_response({"suggestions": found})


@signed_in
async def expand(request: web.Request) -> web.StreamResponse:
    """The members of a group as recipients, each with the preferred address."""
    userdata, owner, id = userdata_of(request), owner_of(request), request.match_info["group"]
    if all(one.id != id for one in await userdata.userdata_groups(owner=owner)):
        raise not_found()
    page = await userdata.userdata_contacts(owner=owner, group=id, limit=MOST_MEMBERS)
    entries = [entry(one.name, one.addresses[0]) for one in page.contacts if one.addresses]
    return web.json_response({"entry": ", ".join(entries)})


def _fitting(groups: Sequence[ContactGroup], text: str) -> Sequence[ContactGroup]:
    """The groups in which a word begins with what was typed."""
    start = f" {text.casefold()}"
    return [one for one in groups if one.size and start in f" {one.name.casefold()}"][:MOST_GROUPS]


def _size(group: ContactGroup) -> str:
    return "group of 1" if group.size == 1 else f"group of {group.size}"
