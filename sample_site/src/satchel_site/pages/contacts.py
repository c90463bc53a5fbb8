"""The address book: its list, and what is done with several contacts."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from satchel_site.addresses import read_number, with_query
from satchel_site.contact_listing import PAGE, ContactListing, make_contact_listing
from satchel_site.folder_lines import folder_lines
from satchel_site.host import account_of, owner_of, signed_in
from satchel_site.page import around, flash, show
from satchel_site.protection import form_of
from satchel_site.refusal import Refusal, not_found
from satchel_site.userdata import Userdata, userdata_of

LONGEST_QUERY = 200

Deed = Callable[[Userdata, str, str, Sequence[str]], Awaitable[str]]


@signed_in
async def show_contacts(request: web.Request) -> web.StreamResponse:
    """Show a page of the contacts, of a group, or of those that were found."""
    listing, folders = await asyncio.gather(
        load_contacts(request, "/contacts"), account_of(request).folders()
    )
    frame = around(folder_lines(folders), "", "contacts")
    return await show(request, "contacts.html", {"listing": listing, **frame})


async def load_contacts(request: web.Request, url: str) -> ContactListing:
    """Load the page of contacts that the address names."""
    userdata, owner, query = userdata_of(request), owner_of(request), request.query
    text, id = query.get("q", "").strip()[:LONGEST_QUERY], query.get("group", "")
    number = read_number(query.get("page", "1"), 1_000_000)
    if not number:
        raise not_found()
    groups, found = await asyncio.gather(
        userdata.userdata_groups(owner=owner),
        userdata.userdata_contacts(
            owner=owner, text=text, group=id or None, first=(number - 1) * PAGE, limit=PAGE
        ),
    )
    group = next((one for one in groups if one.id == id), None)
    if id and group is None:
        raise not_found()
    return make_contact_listing(url, found, groups, group, text, number)


@signed_in
async def change_contacts(request: web.Request) -> web.StreamResponse:
    """Do with the chosen contacts what the button says."""
    form, userdata = form_of(request), userdata_of(request)
    deed = DEEDS.get(form.one("do"))
    if deed is None:
        raise Refusal(400, "This button is not known here. Reload the page and try again.")
    ids = form.many("contact")
    if not ids:
        raise Refusal(422, "No contact was chosen.")
    group = form.one("from_group") if form.one("do") == "take" else form.one("to_group")
    flash(request, await deed(userdata, owner_of(request), group, ids))
    raise web.HTTPSeeOther(with_query("/contacts", q=form.one("q"), group=form.one("from_group")))


async def _delete(userdata: Userdata, owner: str, _: str, ids: Sequence[str]) -> str:
    return f"{_count(await userdata.userdata_contacts_delete(owner=owner, ids=ids))} deleted."


async def _put(userdata: Userdata, owner: str, group: str, ids: Sequence[str]) -> str:
    if not group:
        raise Refusal(422, "Choose a group first.")
    await userdata.userdata_group_change(owner=owner, id=group, add=ids)
    return f"{_count(len(ids))} put into the group."


async def _take(userdata: Userdata, owner: str, group: str, ids: Sequence[str]) -> str:
    await userdata.userdata_group_change(owner=owner, id=group, drop=ids)
    return f"{_count(len(ids))} taken out of the group."


def _count(number: int) -> str:
    return "1 contact" if number == 1 else f"{number} contacts"


DEEDS: dict[str, Deed] = {"delete": _delete, "put": _put, "take": _take}
