"""What a user has settled, read once a request and only where it is needed."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiohttp import web

from satchel_hookspecs import StoreError
from satchel_site.dates import Dates
from satchel_site.host import session_of
from satchel_site.userdata import find_userdata

PREFIX = "site."

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the site honours; each is kept under its name, and the defaults by nobody."""

    theme: str = "system"
    density: str = "comfortable"
    page_size: str = "50"
    message_form: str = "html"
    remote_images: str = "ask"
    time_zone: str = "UTC"
    date_form: str = "day"
    clock: str = "24"

    @property
    def dates(self) -> Dates:
        """How dates are written."""
        return Dates(find_zone(self.time_zone) or UTC, self.date_form, self.clock)


@dataclass(frozen=True, slots=True)
class Settled:
    """The preferences; ``is_known`` is false when they could not be read, and are the defaults."""

    preferences: Preferences = Preferences()
    is_known: bool = True


ALLOWED: Mapping[str, tuple[str, ...]] = {
    "theme": ("system", "light", "dark"),
    "density": ("comfortable", "compact"),
    "page_size": ("25", "50", "100"),
    "message_form": ("html", "plain"),
    "remote_images": ("ask", "contacts", "never"),
    "date_form": ("day", "month", "iso"),
    "clock": ("24", "12"),
}
SETTLED: web.RequestKey[asyncio.Task[Settled]] = web.RequestKey("settled", asyncio.Task)


async def settled_of(request: web.Request) -> Settled:
    """The preferences of whoever asks, and whether they could be read."""
    if SETTLED not in request:
        request[SETTLED] = asyncio.create_task(_load(request))
    return await asyncio.shield(request[SETTLED])


async def preferences_of(request: web.Request) -> Preferences:
    """The preferences of whoever asks; the defaults when they cannot be read."""
    return (await settled_of(request)).preferences


async def _load(request: web.Request) -> Settled:
    userdata, owner = find_userdata(request), session_of(request).owner
    if userdata is None or owner is None:
        return Settled()
    try:
        return Settled(read_preferences(await userdata.userdata_preferences(owner=owner)))
    except StoreError as error:
        logger.warning("preferences could not be read, the defaults are used: %s", error)
        return Settled(is_known=False)


def read_preferences(rows: Mapping[str, object]) -> Preferences:
    """The preferences out of what is kept; a value that is none of ours is the default."""
    kept = {field.name: rows.get(PREFIX + field.name) for field in fields(Preferences)}
    usable = {k: v for k, v in kept.items() if isinstance(v, str) and is_allowed(k, v)}
    return Preferences(**usable)


def is_allowed(name: str, value: str) -> bool:
    """Whether a setting of this name may have this value."""
    if name == "time_zone":
        return find_zone(value) is not None
    return value in ALLOWED.get(name, ())


def find_zone(name: str) -> ZoneInfo | None:
    """The time zone of this name, or ``None``."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
