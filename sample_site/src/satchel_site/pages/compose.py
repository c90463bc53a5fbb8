"""Writing a message: the page, its draft, and the buttons under it."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from aiohttp import web

from satchel.sending import Draft, Order, State, StoredDraft
from satchel_hookspecs import Conflict, Version
from satchel_site.addresses import compose_url
from satchel_site.beginnings import begin_draft
from satchel_site.copies import keep_copy
from satchel_site.folder_lines import folder_lines
from satchel_site.forms import Form
from satchel_site.host import (
    account_of,
    credentials_of,
    drafts_of,
    files_of,
    filing_of,
    owner_of,
    sending_of,
    signed_in,
)
from satchel_site.page import around, flash, show, wants_json
from satchel_site.refusal import Refusal, not_found
from satchel_site.sheet import fill_in, find_bad_addresses, make_sheet, saved_at
from satchel_site.sheet_form import read_sheet

CHANGED = "This draft was changed in another tab. Save again to keep what you see here."
GONE = "This draft was sent or discarded meanwhile."


@dataclass(frozen=True, slots=True)
class Written:
    """A draft as the form brought it and as it was saved."""

    group: str
    form: Form
    stored: StoredDraft
    problems: tuple[str, ...]
    added: tuple[str, ...]


@signed_in
async def begin(request: web.Request) -> web.StreamResponse:
    """Begin a new draft and lead to its page."""
    raise web.HTTPSeeOther(compose_url(await begin_draft(request)))


@signed_in
async def show_compose(request: web.Request) -> web.StreamResponse:
    """Show a draft."""
    group = request.match_info["group"]
    stored = await drafts_of(request).load(owner_of(request), group)
    if stored is None:
        raise not_found()
    await files_of(request).open(group)
    return await _page(request, group, stored.draft, stored.version)


@signed_in
async def write(request: web.Request) -> web.StreamResponse:
    """Save what was typed and the files that came along, then do what the button says."""
    group = request.match_info["group"]
    form, added, problems = await read_sheet(request, group)
    stored = await drafts_of(request).load(owner_of(request), group)
    if stored is None:
        raise Refusal(410, GONE)
    draft = fill_in(stored.draft, form)
    if form.one("version") != stored.version and draft != stored.draft:
        return await _conflict(request, group, draft, stored.version)
    try:
        saved = await _save(request, group, draft, stored)
    except Conflict as conflict:
        if not isinstance(conflict.current, StoredDraft):
            raise Refusal(410, GONE) from conflict
        return await _conflict(request, group, draft, conflict.current.version)
    written = Written(group, form, saved, problems, added)
    if problems:
        return await _again(request, written, problems, status=422)
    deed, _, id = form.one("do").partition(":")
    if deed not in DEEDS:
        raise Refusal(400, "This button is not known here. Reload the page and try again.")
    return await DEEDS[deed](request, written, id)


async def _save(request: web.Request, group: str, draft: Draft, stored: StoredDraft) -> StoredDraft:
    if draft == stored.draft:
        await drafts_of(request).touch(owner_of(request), group)
        return stored
    return await drafts_of(request).save(owner_of(request), group, draft, stored.version)


async def _conflict(
    request: web.Request, group: str, draft: Draft, version: Version
) -> web.StreamResponse:
    if wants_json(request):
        raise Refusal(409, CHANGED, {"version": str(version)})
    return await _page(request, group, draft, version, problems=(CHANGED,), status=409)


async def _do_save(request: web.Request, written: Written, _: str) -> web.StreamResponse:
    if wants_json(request):
        version = str(written.stored.version)
        return web.json_response({"version": version, "saved": saved_at()})
    await keep_copy(request, written.group, written.stored)
    flash(request, "Draft saved.")
    raise web.HTTPSeeOther(compose_url(written.group))


async def _do_attach(request: web.Request, written: Written, _: str) -> web.StreamResponse:
    if not written.added:
        return await _again(request, written, ("Choose a file first.",), status=422)
    raise web.HTTPSeeOther(compose_url(written.group))


async def _do_delete(request: web.Request, written: Written, id: str) -> web.StreamResponse:
    await files_of(request).delete(written.group, id)
    raise web.HTTPSeeOther(compose_url(written.group))


async def _do_rename(request: web.Request, written: Written, id: str) -> web.StreamResponse:
    filename = written.form.one(f"name-{id}")
    if not filename.strip() or not await files_of(request).rename(written.group, id, filename):
        return await _again(request, written, ("This file cannot be renamed.",), status=422)
    raise web.HTTPSeeOther(compose_url(written.group))


async def _do_discard(request: web.Request, written: Written, _: str) -> web.StreamResponse:
    await filing_of(request).drop_copy(credentials_of(request), written.stored.draft)
    await drafts_of(request).delete(owner_of(request), written.group)
    await files_of(request).close(written.group)
    flash(request, "Draft discarded.")
    raise web.HTTPSeeOther("/")


async def _do_send(request: web.Request, written: Written, _: str) -> web.StreamResponse:
    bad = find_bad_addresses(written.stored.draft)
    if bad:
        return await _again(request, written, tuple(bad.values()), invalid=next(iter(bad)))
    listed = {one.ref.id: one.filename for one in await files_of(request).list(written.group)}
    shown = (*written.form.many("file"), *written.added)
    order = Order(
        owner=owner_of(request),
        group=written.group,
        send_id=written.form.one("send_id") or secrets.token_hex(16),
        credentials=credentials_of(request),
        draft=replace(written.stored.draft),
        files={id: listed.get(id, "a file") for id in shown},
    )
    result = await sending_of(request).send(order)
    if result.state in {State.REFUSED, State.UNKNOWN}:
        return await _again(request, written, (result.text,), status=200)
    if result.state is not State.ACCEPTED:
        flash(request, "Your message is on its way.")
    else:
        flash(request, "Message sent." if result.filed else "Message sent. Its copy will follow.")
    raise web.HTTPSeeOther("/")


async def _again(
    request: web.Request,
    written: Written,
    problems: tuple[str, ...],
    *,
    status: int = 422,
    invalid: str = "",
) -> web.StreamResponse:
    stored = written.stored
    return await _page(
        request, written.group, stored.draft, stored.version, problems, status, invalid
    )


async def _page(
    request: web.Request,
    group: str,
    draft: Draft,
    version: Version,
    problems: tuple[str, ...] = (),
    status: int = 200,
    invalid: str = "",
) -> web.StreamResponse:
    files = files_of(request)
    listed = await files.list(group)
    send_id = secrets.token_hex(16)
    sheet = make_sheet(group, draft, version, send_id, listed, files.limits.file)
    folders = folder_lines(await account_of(request).folders())
    values = {"draft": sheet, "problems": problems, "invalid": invalid}
    return show(request, "compose.html", values | around(folders, "", "compose"), status)


Deed = Callable[[web.Request, Written, str], Awaitable[web.StreamResponse]]
DEEDS: dict[str, Deed] = {
    "send": _do_send,
    "save": _do_save,
    "attach": _do_attach,
    "delete": _do_delete,
    "rename": _do_rename,
    "discard": _do_discard,
}
