"""The groups of the address book."""

import asyncio

from aiohttp import web

from satchel_hookspecs import Conflict, Rejected
from satchel_site.folder_lines import folder_lines
from satchel_site.host import account_of, owner_of, signed_in
from satchel_site.page import around, flash, show
from satchel_site.protection import form_of
from satchel_site.userdata import userdata_of

LIST = "/contacts/groups"
NEW = "new"


@signed_in
async def show_groups(request: web.Request) -> web.StreamResponse:
    """List the groups, each with a form that renames it."""
    return await _list(request)


@signed_in
async def save_group(request: web.Request) -> web.StreamResponse:
    """Make a group, or give one another name."""
    id, name = request.match_info["group"], form_of(request).one("name")
    try:
        group = await userdata_of(request).userdata_group_save(
            owner=owner_of(request), name=name, id=None if id == NEW else id
        )
    except (Rejected, Conflict) as error:
        status = 422 if isinstance(error, Rejected) else 409
        return await _list(request, str(error), {id: name}, status)
    flash(request, f"Group saved: {group.name}.")
    raise web.HTTPSeeOther(LIST)


@signed_in
async def delete_group(request: web.Request) -> web.StreamResponse:
    """Delete a group and none of its contacts; deleting it twice is no error."""
    await userdata_of(request).userdata_group_delete(
        owner=owner_of(request), id=request.match_info["group"]
    )
    flash(request, "Group deleted. Its contacts are still there.")
    raise web.HTTPSeeOther(LIST)


async def _list(
    request: web.Request,
    problem: str = "",
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> web.StreamResponse:
    groups, folders = await asyncio.gather(
        userdata_of(request).userdata_groups(owner=owner_of(request)),
        account_of(request).folders(),
    )
    values = {"groups": groups, "problem": problem, "typed": typed or {}}
    frame = around(folder_lines(folders), "", "contacts")
    return await show(request, "groups.html", values | frame, status)
