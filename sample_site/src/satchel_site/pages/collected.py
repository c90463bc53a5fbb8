"""Whom a user wrote to: remembered by itself, and forgotten on demand."""

import asyncio

from aiohttp import web

from satchel.mail.addresses import Address
from satchel_site.addresses import with_query
from satchel_site.folder_lines import folder_lines
from satchel_site.host import account_of, owner_of, signed_in
from satchel_site.page import around, flash, show
from satchel_site.protection import form_of
from satchel_site.userdata import userdata_of

LIST = "/contacts/collected"
MOST = 200


@signed_in
async def show_collected(request: web.Request) -> web.StreamResponse:
    """List the last who were written to."""
    recipients, folders = await asyncio.gather(
        userdata_of(request).userdata_recipients(owner=owner_of(request), limit=MOST),
        account_of(request).folders(),
    )
    people = [
        (Address(one.name, one.address), _add_url(one.name, one.address)) for one in recipients
    ]
    frame = around(folder_lines(folders), "", "contacts")
    return await show(request, "collected.html", {"people": people, **frame})


@signed_in
async def forget_recipient(request: web.Request) -> web.StreamResponse:
    """Forget one of them; forgetting twice is no error."""
    address = form_of(request).one("address")
    await userdata_of(request).userdata_recipient_delete(owner=owner_of(request), address=address)
    flash(request, "Forgotten. It will not be suggested any more.")
    raise web.HTTPSeeOther(LIST)


def _add_url(name: str, address: str) -> str:
    return with_query("/contacts/new", name=name, address=address)
