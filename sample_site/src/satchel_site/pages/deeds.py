"""The buttons under a draft: what each does with it after it was saved."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from aiohttp import web

from satchel.sending import Order, State, StoredDraft
from satchel_site.addresses import compose_url
from satchel_site.collecting import collect_recipients
from satchel_site.copies import keep_copy
from satchel_site.forms import Form
from satchel_site.host import credentials_of, drafts_of, files_of, filing_of, owner_of, sending_of
from satchel_site.page import flash, wants_json
from satchel_site.pages.draft import show_draft
from satchel_site.preferences import preferences_of
from satchel_site.sheet import find_bad_addresses, saved_at


@dataclass(frozen=True, slots=True)
class Written:
    """A draft as the form brought it and as it was saved."""

    group: str
    form: Form
    stored: StoredDraft
    problems: tuple[str, ...]
    added: tuple[str, ...]


async def show_again(
    request: web.Request,
    written: Written,
    problems: tuple[str, ...],
    *,
    status: int = 422,
    invalid: str = "",
) -> web.StreamResponse:
    """Show the page of what was saved again, with what keeps the button from doing its work."""
    stored = written.stored
    return await show_draft(
        request, written.group, stored.draft, stored.version, problems, status, invalid
    )


async def _do_save(request: web.Request, written: Written, _: str) -> web.StreamResponse:
    if wants_json(request):
        version = str(written.stored.version)
        return web.json_response({"version": version, "saved": await _saved_at(request)})
    await keep_copy(request, written.group, written.stored)
    flash(request, "Draft saved.")
    raise web.HTTPSeeOther(compose_url(written.group))


async def _do_from(request: web.Request, written: Written, _: str) -> web.StreamResponse:
    draft = written.stored.draft
    if not wants_json(request):
        raise web.HTTPSeeOther(compose_url(written.group))
    said = {"version": str(written.stored.version), "saved": await _saved_at(request)}
    return web.json_response(said | {"message": draft.text, "bcc": draft.bcc})


async def _saved_at(request: web.Request) -> str:
    return saved_at((await preferences_of(request)).dates)


async def _do_pick(request: web.Request, written: Written, _: str) -> web.StreamResponse:
    raise web.HTTPSeeOther(f"{compose_url(written.group)}/recipients")


async def _do_attach(request: web.Request, written: Written, _: str) -> web.StreamResponse:
    if not written.added:
        return await show_again(request, written, ("Choose a file first.",), status=422)
    raise web.HTTPSeeOther(compose_url(written.group))


async def _do_delete(request: web.Request, written: Written, id: str) -> web.StreamResponse:
    await files_of(request).delete(written.group, id)
    raise web.HTTPSeeOther(compose_url(written.group))


async def _do_rename(request: web.Request, written: Written, id: str) -> web.StreamResponse:
    filename = written.form.one(f"name-{id}")
    if not filename.strip() or not await files_of(request).rename(written.group, id, filename):
        return await show_again(request, written, ("This file cannot be renamed.",), status=422)
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
        return await show_again(request, written, tuple(bad.values()), invalid=next(iter(bad)))
    listed = {one.ref.id: one.filename for one in await files_of(request).list(written.group)}
    shown = (*written.form.many("file"), *written.added)
    order = Order(
        owner=owner_of(request),
        group=written.group,
        send_id=written.form.one("send_id") or secrets.token_hex(16),
        credentials=credentials_of(request),
        draft=replace(written.stored.draft),
        files={id: listed.get(id) or written.form.one(f"name-{id}") or "a file" for id in shown},
    )
    result = await sending_of(request).send(order)
    if result.state in {State.REFUSED, State.UNKNOWN}:
        return await show_again(request, written, (result.text,), status=200)
    if result.state is not State.ACCEPTED:
        flash(request, "Your message is on its way.")
    else:
        collect_recipients(request, order.draft)
        flash(request, "Message sent." if result.filed else "Message sent. Its copy will follow.")
    raise web.HTTPSeeOther("/")


Deed = Callable[[web.Request, Written, str], Awaitable[web.StreamResponse]]
DEEDS: dict[str, Deed] = {
    "send": _do_send,
    "save": _do_save,
    "from": _do_from,
    "pick": _do_pick,
    "attach": _do_attach,
    "delete": _do_delete,
    "rename": _do_rename,
    "discard": _do_discard,
}
