"""Writing a message: every form saves the draft first, then its button does its work."""

from aiohttp import web

from satchel.sending import Draft, StoredDraft
from satchel_hookspecs import Conflict, Rejected, StoreError, Version
from satchel_site.addresses import compose_url
from satchel_site.beginnings import begin_draft
from satchel_site.forms import Form
from satchel_site.host import drafts_of, files_of, owner_of, signed_in
from satchel_site.page import wants_json
from satchel_site.pages.deeds import DEEDS, Written, show_again
from satchel_site.pages.draft import show_draft
from satchel_site.refusal import Refusal, not_found
from satchel_site.senders import change_sender
from satchel_site.sheet import fill_in
from satchel_site.sheet_form import read_sheet

CHANGED = "This draft was changed in another tab. Save again to keep what you see here."
GONE = "This draft was sent or discarded meanwhile."
SENDER_UNREADABLE = (
    "From was not changed and nothing was sent: your identities cannot be read now. Try again soon."
)


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
    return await show_draft(request, group, stored.draft, stored.version)


@signed_in
async def write(request: web.Request) -> web.StreamResponse:
    """Save what was typed and the files that came along, then do what the button says."""
    group = request.match_info["group"]
    form, added, problems = await read_sheet(request, group)
    stored = await drafts_of(request).load(owner_of(request), group)
    if stored is None:
        raise Refusal(410, GONE)
    draft, troubles = await _with_sender(request, fill_in(stored.draft, form), form)
    if form.one("version") != stored.version and draft != stored.draft:
        return await _conflict(request, group, draft, stored.version)
    try:
        saved = await _save(request, group, draft, stored)
    except Conflict as conflict:
        if not isinstance(conflict.current, StoredDraft):
            raise Refusal(410, GONE) from conflict
        return await _conflict(request, group, draft, conflict.current.version)
    written = Written(group, form, saved, (*problems, *troubles), added)
    if written.problems:
        return await show_again(request, written, written.problems)
    deed, _, id = form.one("do").partition(":")
    if deed not in DEEDS:
        raise Refusal(400, "This button is not known here. Reload the page and try again.")
    return await DEEDS[deed](request, written, id)


async def _with_sender(
    request: web.Request, draft: Draft, form: Form
) -> tuple[Draft, tuple[str, ...]]:
    """The draft as whom the form says; when that cannot be, what was typed is saved all the same.

    A script tries again by itself, so it gets the error.
    """
    try:
        return await change_sender(request, draft, form), ()
    except StoreError as error:
        if wants_json(request):
            raise
        sentence = str(error) if isinstance(error, Rejected) else SENDER_UNREADABLE
        return draft, (sentence,)


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
    return await show_draft(request, group, draft, version, problems=(CHANGED,), status=409)
