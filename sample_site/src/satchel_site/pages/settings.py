"""The settings: who is signed in, where, and what this site is made of."""

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from aiohttp import web

from satchel.mail.addresses import Address
from satchel_site.browsers import name_browser
from satchel_site.folder_lines import folder_lines
from satchel_site.host import account_of, credentials_of, session_of, settings_of, signed_in
from satchel_site.page import around, flash, show
from satchel_site.protection import form_of

SHORTCUTS = (
    (("j", "k"), "next and previous message"),
    (("u",), "back to the list"),
    (("x",), "select"),
    (("e",), "archive"),
    (("#",), "delete"),
    (("Shift+u",), "mark as unread"),
    (("r",), "reply"),
    (("a",), "reply all"),
    (("f",), "forward"),
    (("c",), "compose"),
    (("/",), "search"),
    (("Ctrl+Enter",), "send"),
    (("?",), "this list"),
)


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One place where the account is signed in."""

    id: str
    browser: str
    created: datetime
    current: bool


@signed_in
async def show_settings(request: web.Request) -> web.StreamResponse:
    """Show all settings on one page."""
    settings, address = settings_of(request), credentials_of(request).username
    folders = folder_lines(await account_of(request).folders())
    values = {
        "me": Address("", address),
        "mail_host": settings.imap.host,
        "devices": await _devices(request),
        "shortcuts": SHORTCUTS,
        "about": (
            ("Version", version("satchel-site")),
            ("Session store", settings.session_storage),
            ("Attachment store", settings.attachment_storage),
        ),
        **around(folders, "", "settings"),
    }
    return await show(request, "settings.html", values)


@signed_in
async def sign_out_others(request: web.Request) -> web.StreamResponse:
    """End all other sessions of this account."""
    await session_of(request).sign_out_others()
    flash(request, "All other sessions were signed out.")
    raise web.HTTPSeeOther("/settings#sessions")


@signed_in
async def sign_out_device(request: web.Request) -> web.StreamResponse:
    """End one other session of this account."""
    if await session_of(request).sign_out_device(form_of(request).one("device")):
        flash(request, "That session was signed out.")
    raise web.HTTPSeeOther("/settings#sessions")


async def _devices(request: web.Request) -> tuple[DeviceLine, ...] | None:
    """The sessions, this one first; ``None`` where the store cannot list them."""
    found = await session_of(request).devices()
    if not found.is_known:
        return None
    lines = (
        DeviceLine(
            device.id, name_browser(device.label), datetime.fromtimestamp(device.created, UTC),
            device.is_this,
        )
        for device in found.devices
    )  # fmt: skip
    return tuple(sorted(lines, key=lambda line: not line.current))
