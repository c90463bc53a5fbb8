"""The preferences: each is a form of its own, and is saved alone."""

import asyncio

from aiohttp import web

from satchel_site.folder_lines import folder_lines
from satchel_site.host import account_of, owner_of, signed_in
from satchel_site.page import around, flash, show, wants_json
from satchel_site.preferences import PREFIX, is_allowed, read_preferences
from satchel_site.protection import form_of
from satchel_site.refusal import Refusal
from satchel_site.settings_list import LABELS, list_sections, list_zones
from satchel_site.userdata import userdata_of


@signed_in
async def show_preferences(request: web.Request) -> web.StreamResponse:
    """Show every setting; what cannot be read is an error here, never a page of defaults."""
    userdata, owner = userdata_of(request), owner_of(request)
    rows, folders = await asyncio.gather(
        userdata.userdata_preferences(owner=owner), account_of(request).folders()
    )
    preferences = read_preferences(rows)
    values = {
        "sections": list_sections(preferences),
        "zones": await asyncio.to_thread(list_zones, preferences.time_zone),
        "zone_label": LABELS["time_zone"],
        **around(folder_lines(folders), "", "settings"),
    }
    return await show(request, "preferences.html", values)


@signed_in
async def save_preference(request: web.Request) -> web.StreamResponse:
    """Save one setting and no other."""
    form, userdata = form_of(request), userdata_of(request)
    name, value = form.one("name"), form.one("value")
    if name not in LABELS or not is_allowed(name, value):
        raise Refusal(422, "This setting cannot have this value. Reload the page and try again.")
    await userdata.userdata_preferences_set(owner=owner_of(request), changes={PREFIX + name: value})
    if wants_json(request):
        return web.json_response({"saved": "Saved"})
    flash(request, f"{LABELS[name][0]}: saved.")
    raise web.HTTPSeeOther(f"/settings/preferences#{name}")
