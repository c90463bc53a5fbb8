"""Putting a page together: what every page shows, and what only this one does."""

from collections.abc import Mapping
from urllib.parse import quote

from aiohttp import web

from satchel_site.folder_lines import FolderLine
from satchel_site.host import credentials_of, session_of, settings_of
from satchel_site.preferences import settled_of
from satchel_site.rendering import TEMPLATES
from satchel_site.userdata import find_userdata

FLASHES = "flashes"
MOST_FLASHES = 5


def html(text: str, status: int = 200) -> web.Response:
    """A page as a response."""
    return web.Response(text=text, status=status, content_type="text/html")


async def show(
    request: web.Request, name: str, values: Mapping[str, object], status: int = 200
) -> web.Response:
    """Render a page whole."""
    common = await _common(request)
    return html(request.app[TEMPLATES].page(name, common | dict(values)), status)


async def show_block(
    request: web.Request, name: str, block: str, title: str, values: Mapping[str, object]
) -> web.Response:
    """Render one block of a page for a script, which finds the title in a header."""
    text = request.app[TEMPLATES].block(name, block, await _common(request) | dict(values))
    full = f"{title} \u2013 {settings_of(request).product_name}"
    response = html(text)
    response.headers["Satchel-Title"] = quote(full)
    response.headers["Vary"] = "Satchel-Part"
    return response


def flash(request: web.Request, sentence: str) -> None:
    """Let the next page say this once."""
    session = session_of(request)
    said = session.get(FLASHES)
    before = said if isinstance(said, list) else []
    session[FLASHES] = [*before, sentence][-MOST_FLASHES:]


def wants_json(request: web.Request) -> bool:
    """Whether a script asks, and not a person."""
    return "application/json" in request.headers.get("Accept", "")


def around(folders: tuple[FolderLine, ...], current: str, section: str) -> dict[str, object]:
    """What the frame of the application shows around a page."""
    return {"folders": folders, "current_folder": current, "section": section}


async def _common(request: web.Request) -> dict[str, object]:
    session, settled = session_of(request), await settled_of(request)
    return {
        "csrf": session.csrf_token,
        "flashes": _take_flashes(request),
        "address": credentials_of(request).username if session.is_signed_in else "",
        "has_userdata": find_userdata(request) is not None,
        "preferences": settled.preferences,
        "has_settings": settled.is_known,
        "dates": settled.preferences.dates,
    }


def _take_flashes(request: web.Request) -> tuple[str, ...]:
    said = session_of(request).pop(FLASHES, None)
    return tuple(map(str, said)) if isinstance(said, list) else ()
