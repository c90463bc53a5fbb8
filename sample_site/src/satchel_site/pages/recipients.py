"""Choosing recipients of a draft from the address book, by a page that needs no script."""

import asyncio
from dataclasses import replace

from aiohttp import web

from satchel.sending import Draft, StoredDraft
from satchel_hookspecs import Conflict
from satchel_site.addresses import compose_url
from satchel_site.folder_lines import folder_lines
from satchel_site.forms import Form
from satchel_site.host import account_of, drafts_of, owner_of, signed_in
from satchel_site.page import around, flash, show
from satchel_site.pages.contacts import load_contacts
from satchel_site.protection import form_of
from satchel_site.refusal import Refusal, not_found
from satchel_site.sheet import LONGEST

FIELDS = ("to", "cc", "bcc")
ATTEMPTS = 5


@signed_in
async def show_recipients(request: web.Request) -> web.StreamResponse:
    """Show the contacts with boxes for To, Cc and Bcc."""
    group = request.match_info["group"]
    await _load(request, group)
    url = f"{compose_url(group)}/recipients"
    listing, folders = await asyncio.gather(
        load_contacts(request, url), account_of(request).folders()
    )
    frame = around(folder_lines(folders), "", "compose")
    values = {"listing": listing, "back_url": compose_url(group), **frame}
    return await show(request, "recipients.html", values)


@signed_in
async def add_recipients(request: web.Request) -> web.StreamResponse:
    """Add those who were chosen to the draft, whatever was saved of it meanwhile."""
    group, form = request.match_info["group"], form_of(request)
    for _ in range(ATTEMPTS):
        stored = await _load(request, group)
        try:
            await drafts_of(request).save(
                owner_of(request), group, _with(stored.draft, form), stored.version
            )
        except Conflict:
            continue
        count = sum(len(form.many(name)) for name in FIELDS)
        flash(request, "1 recipient added." if count == 1 else f"{count} recipients added.")
        raise web.HTTPSeeOther(compose_url(group))
    raise Refusal(409, "The draft is being changed in another tab. Try again in a moment.")


async def _load(request: web.Request, group: str) -> StoredDraft:
    stored = await drafts_of(request).load(owner_of(request), group)
    if stored is None:
        raise not_found()
    return stored


def _with(draft: Draft, form: Form) -> Draft:
    lines = {name: _joined(getattr(draft, name), form.many(name)) for name in FIELDS}
    if any(len(line) > LONGEST[name] for name, line in lines.items()):
        raise Refusal(413, "These are too many recipients for one message.")
    return replace(draft, to=lines["to"], cc=lines["cc"], bcc=lines["bcc"])


def _joined(line: str, entries: tuple[str, ...]) -> str:
    """The line with the entries that it does not have yet."""
    new = [" ".join(entry.split()) for entry in entries if entry not in line]
    return ", ".join(filter(None, (line.strip().rstrip(",;").strip(), *new)))
