"""The identities: who a user writes as, with a signature each."""

from collections.abc import Sequence

from aiohttp import web

from satchel.mail.addresses import Address
from satchel_hookspecs import Conflict, Rejected
from satchel_site.folder_lines import folder_lines
from satchel_site.host import account_of, owner_of, signed_in
from satchel_site.identity import Identity
from satchel_site.identity_form import IdentityForm
from satchel_site.page import around, flash, show
from satchel_site.protection import form_of
from satchel_site.refusal import not_found
from satchel_site.senders import own_sender
from satchel_site.userdata import userdata_of

LIST = "/settings/identities"
NEW = "new"
CHANGED = "This identity was changed in another tab. Look at both below, then save again or leave."
GONE = "This identity was deleted in another tab. Save to keep it as a new one."


@signed_in
async def show_identities(request: web.Request) -> web.StreamResponse:
    """List the identities, the standard one first."""
    people = [(Address(one.name, one.address), one) for one in await _all(request)]
    values = {"identities": people, "own": own_sender(request)}
    return await _show(request, "identities.html", values)


@signed_in
async def show_identity(request: web.Request) -> web.StreamResponse:
    """Show the form of an identity, or an empty one."""
    id, kept = request.match_info["identity"], await _all(request)
    if id == NEW:
        own = own_sender(request)
        name = own.header.partition(" <")[0].strip('"') if own.header != own.mailbox else ""
        form = IdentityForm(name=name, address=own.mailbox, standard=not kept)
        return await _form(request, NEW, form)
    identity = next((one for one in kept if one.id == id), None)
    if identity is None:
        raise not_found()
    return await _form(request, id, IdentityForm.of(identity))


@signed_in
async def save_identity(request: web.Request) -> web.StreamResponse:
    """Keep the identity; one that was changed meanwhile is shown beside what was typed."""
    id, form = request.match_info["identity"], IdentityForm.read(form_of(request))
    try:
        form.check()
        await _save(request, None if id == NEW else id, form)
    except Rejected as error:
        return await _form(request, id, form, problem=str(error), status=422)
    except Conflict as conflict:
        if conflict.current is None:
            return await _form(request, NEW, form, problem=GONE, status=409)
        kept = next((one for one in await _all(request) if one.id == id), None)
        if kept is None:
            return await _form(request, NEW, form, problem=GONE, status=409)
        return await _conflict(request, id, form, IdentityForm.of(kept))
    flash(request, f"Identity saved: {form.address}.")
    raise web.HTTPSeeOther(LIST)


@signed_in
async def delete_identity(request: web.Request) -> web.StreamResponse:
    """Delete an identity; deleting it twice is no error."""
    await userdata_of(request).userdata_identity_delete(
        owner=owner_of(request), id=request.match_info["identity"]
    )
    flash(request, "Identity deleted.")
    raise web.HTTPSeeOther(LIST)


async def _all(request: web.Request) -> Sequence[Identity]:
    return await userdata_of(request).userdata_identities(owner=owner_of(request))


async def _save(request: web.Request, id: str | None, form: IdentityForm) -> None:
    former = next((one for one in await _all(request) if one.id == id), None)
    await userdata_of(request).userdata_identity_save(
        owner=owner_of(request),
        id=id,
        name=form.name,
        address=form.address,
        organization=former.organization if former else "",
        reply_to=form.reply_to,
        bcc=form.bcc,
        signature=form.signature,
        standard=form.standard,
        expect=form.expect,
    )


async def _conflict(
    request: web.Request, id: str, mine: IdentityForm, kept: IdentityForm
) -> web.StreamResponse:
    values = {"differences": mine.differences(kept), "revision": kept.revision}
    return await _form(request, id, mine, problem=CHANGED, status=409, **values)


async def _form(
    request: web.Request,
    id: str,
    form: IdentityForm,
    *,
    problem: str = "",
    status: int = 200,
    **more: object,
) -> web.StreamResponse:
    values = {"id": id, "form": form, "problem": problem, "differences": (), "is_new": id == NEW}
    shown = {"revision": form.revision if id != NEW else "", **more}
    return await _show(request, "identity.html", values | shown, status)


async def _show(
    request: web.Request, template: str, values: dict[str, object], status: int = 200
) -> web.StreamResponse:
    folders = folder_lines(await account_of(request).folders())
    return await show(request, template, values | around(folders, "", "settings"), status)
