"""The folders and the list of messages."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from satchel.mail.account import Account
from satchel.mail.listing import Page
from satchel.mail.search import Search
from satchel_site.addresses import folder_url, read_number, with_query
from satchel_site.folder_lines import FolderLine, folder_lines
from satchel_site.host import account_of, signed_in
from satchel_site.listing import Listing, make_listing
from satchel_site.page import around, flash, show, show_block
from satchel_site.preferences import preferences_of
from satchel_site.protection import form_of
from satchel_site.refusal import Refusal, not_found

LONGEST_QUERY = 500

Deed = Callable[[Account, str, Sequence[int], int], Awaitable[str]]


@signed_in
async def go_to_inbox(request: web.Request) -> web.StreamResponse:
    """Lead from the start page to the inbox."""
    raise web.HTTPSeeOther(folder_url("INBOX"))


@signed_in
async def show_mailbox(request: web.Request) -> web.StreamResponse:
    """Show a page of a folder, or of what was found in it."""
    folders, listing = await load_list(request, request.match_info["folder"])
    if request.headers.get("Satchel-Part") == "reader":
        alone = {"message": None, "listing": listing}
        return await show_block(request, "mailbox.html", "reader", listing.label, alone)
    frame = around(folders, listing.folder, "mail")
    return await show(request, "mailbox.html", {"message": None, "listing": listing, **frame})


async def load_list(request: web.Request, folder: str) -> tuple[tuple[FolderLine, ...], Listing]:
    """Load the navigation and the page of the list that the address names."""
    query = request.query.get("q", "").strip()[:LONGEST_QUERY]
    number = read_number(request.query.get("page", "1"), 10_000_000)
    if not number:
        raise not_found()
    account, size = account_of(request), int((await preferences_of(request)).page_size)
    listed, found = await asyncio.gather(
        account.folders(), _find(account, folder, query, number, size)
    )
    return folder_lines(listed), make_listing(found, listed, query, size)


async def _find(account: Account, folder: str, query: str, number: int, size: int) -> Page:
    search = Search(text=query) if query else None
    return await account.messages(folder, (number - 1) * size, size, search)


@signed_in
async def change_messages(request: web.Request) -> web.StreamResponse:
    """Do with the chosen messages what the button says."""
    form, folder = form_of(request), request.match_info["folder"]
    deed = DEEDS.get(form.one("do"))
    if deed is None:
        raise Refusal(400, "This button is not known here. Reload the page and try again.")
    uids = [read_number(uid) for uid in form.many("uid")[:500]]
    if not uids:
        raise Refusal(422, "No message was chosen.")
    uidvalidity = read_number(form.one("uidvalidity"))
    flash(request, await deed(account_of(request), folder, uids, uidvalidity))
    page = read_number(form.one("page") or "0", 10_000_000)
    raise web.HTTPSeeOther(
        with_query(folder_url(folder), q=form.one("q"), page=page if page > 1 else 0)
    )


async def _archive(account: Account, folder: str, uids: Sequence[int], uidvalidity: int) -> str:
    await account.move(folder, uids, await account.role_folder("archive"), uidvalidity)
    return f"{_count(uids)} archived."


async def _delete(account: Account, folder: str, uids: Sequence[int], uidvalidity: int) -> str:
    is_trash = folder == await account.role_folder("trash")
    await account.move_to_trash(folder, uids, uidvalidity)
    return f"{_count(uids)} deleted for good." if is_trash else f"{_count(uids)} moved to Trash."


async def _mark_read(account: Account, folder: str, uids: Sequence[int], uidvalidity: int) -> str:
    await account.set_flags(folder, uids, [r"\Seen"], uidvalidity)
    return f"{_count(uids)} marked as read."


async def _mark_unread(account: Account, folder: str, uids: Sequence[int], uidvalidity: int) -> str:
    await account.unset_flags(folder, uids, [r"\Seen"], uidvalidity)
    return f"{_count(uids)} marked as unread."


def _count(uids: Sequence[int]) -> str:
    return "1 message" if len(uids) == 1 else f"{len(uids)} messages"


DEEDS: dict[str, Deed] = {
    "archive": _archive,
    "delete": _delete,
    "read": _mark_read,
    "unread": _mark_unread,
}
