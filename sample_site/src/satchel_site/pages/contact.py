"""One contact: its form, and what becomes of it."""

import asyncio

from aiohttp import web

from satchel_hookspecs import Conflict, Rejected
from satchel_site.address_book import Contact
from satchel_site.contact_form import ContactForm
from satchel_site.contact_listing import entry
from satchel_site.folder_lines import folder_lines
from satchel_site.host import account_of, owner_of, signed_in
from satchel_site.page import around, flash, show
from satchel_site.protection import form_of
from satchel_site.refusal import not_found
from satchel_site.userdata import userdata_of
from satchel_site.wishes import find_contact

NEW = "new"
CHANGED = "This contact was changed in another tab. Look at both below, then save again or leave."
GONE = "This contact was deleted in another tab. Save to keep it as a new one."
GROUP_GONE = "A group was deleted in another tab. Look at the groups, then save again."


@signed_in
async def show_contact(request: web.Request) -> web.StreamResponse:
    """Show the form of a contact, or an empty one, filled in as the address says."""
    id = request.match_info["contact"]
    if id != NEW:
        return await _form(request, id, ContactForm.of(await _kept(request, id)))
    name, address = (request.query.get(key, "")[:320] for key in ("name", "address"))
    known = await find_contact(request, address) if address else ""
    if known:
        flash(request, "This address is in your contacts already.")
        raise web.HTTPSeeOther(f"/contacts/{known}")
    return await _form(request, NEW, ContactForm(name=name, addresses=address))


@signed_in
async def save_contact(request: web.Request) -> web.StreamResponse:
    """Keep the contact; one that was changed meanwhile is shown beside what was typed."""
    id, form = request.match_info["contact"], ContactForm.read(form_of(request))
    try:
        kept = await userdata_of(request).userdata_contact_save(
            owner=owner_of(request),
            id=None if id == NEW else id,
            name=form.name,
            addresses=form.lines,
            organization=form.organization,
            phone=form.phone,
            notes=form.notes,
            groups=form.groups,
            expect=form.expect if id != NEW else None,
        )
    except Rejected as error:
        return await _form(request, id, form, problem=str(error), status=422)
    except Conflict:
        return await _conflict(request, id, form)
    flash(request, f"Contact saved: {kept.name or form.lines[0]}.")
    raise web.HTTPSeeOther("/contacts")


@signed_in
async def delete_contact(request: web.Request) -> web.StreamResponse:
    """Delete a contact; deleting it twice is no error."""
    ids = [request.match_info["contact"]]
    await userdata_of(request).userdata_contacts_delete(owner=owner_of(request), ids=ids)
    flash(request, "Contact deleted.")
    raise web.HTTPSeeOther("/contacts")


async def _kept(request: web.Request, id: str) -> Contact:
    contact = await userdata_of(request).userdata_contact(owner=owner_of(request), id=id)
    if contact is None:
        raise not_found()
    return contact


async def _conflict(request: web.Request, id: str, mine: ContactForm) -> web.StreamResponse:
    userdata, owner = userdata_of(request), owner_of(request)
    contact = await userdata.userdata_contact(owner=owner, id=id) if id != NEW else None
    if id == NEW or (contact and str(contact.revision) == mine.revision):
        return await _form(request, id, mine, problem=GROUP_GONE, status=409)
    if contact is None:
        return await _form(request, NEW, mine, problem=GONE, status=409)
    kept = ContactForm.of(contact)
    differences = mine.differences(kept, await userdata.userdata_groups(owner=owner))
    more = {"differences": differences, "revision": kept.revision}
    return await _form(request, id, mine, problem=CHANGED, status=409, **more)


async def _form(
    request: web.Request,
    id: str,
    form: ContactForm,
    *,
    problem: str = "",
    status: int = 200,
    **more: object,
) -> web.StreamResponse:
    groups, folders = await asyncio.gather(
        userdata_of(request).userdata_groups(owner=owner_of(request)),
        account_of(request).folders(),
    )
    values: dict[str, object] = {
        "id": id,
        "is_new": id == NEW,
        "form": form,
        "groups": groups,
        "write_to": entry(form.name, form.lines[0]) if form.lines else "",
        "problem": problem,
        "differences": (),
        "revision": form.revision if id != NEW else "",
    }
    frame = around(folder_lines(folders), "", "contacts")
    return await show(request, "contact.html", values | more | frame, status)
