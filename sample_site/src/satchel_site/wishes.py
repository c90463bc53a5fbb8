"""How the reader wants to see a message: as the address says, else as the preferences say."""

import logging

from aiohttp import web

from satchel.mail.reading import ReceivedMessage
from satchel_hookspecs import StoreError
from satchel_site.addresses import read_number
from satchel_site.host import owner_of
from satchel_site.letter import Wish
from satchel_site.preferences import preferences_of
from satchel_site.userdata import find_userdata

NEVER, CONTACTS = "never", "contacts"
FEW = 20

logger = logging.getLogger(__name__)


async def read_wish(request: web.Request, message: ReceivedMessage) -> Wish:
    """How this message is to be shown."""
    query, preferences = request.query, await preferences_of(request)
    plain = query.get("plain", "1" if preferences.message_form == "plain" else "0") == "1"
    images = await may_load_images(request)
    if not images and not plain and message.html and preferences.remote_images == CONTACTS:
        images = await _is_from_contact(request, message)
    return Wish(
        plain=plain,
        images=images,
        offers_images=preferences.remote_images != NEVER,
        query=query.get("q", "")[:500],
        page=read_number(query.get("page", "0"), 10_000_000),
    )


async def may_load_images(request: web.Request) -> bool:
    """Whether remote images were asked for, and are not refused for good."""
    if request.query.get("images") != "1":
        return False
    return (await preferences_of(request)).remote_images != NEVER


async def _is_from_contact(request: web.Request, message: ReceivedMessage) -> bool:
    """Whether everybody who is said to have written it is in the address book."""
    try:
        found = [await find_contact(request, person.mailbox) for person in message.from_]
    except StoreError as error:
        logger.warning("the address book could not be read: %s", error)
        return False
    return bool(found) and all(found)


async def find_contact(request: web.Request, mailbox: str) -> str:
    """The id of a contact who has this address, or nothing."""
    userdata = find_userdata(request)
    if userdata is None:
        return ""
    page = await userdata.userdata_contacts(owner=owner_of(request), text=mailbox, limit=FEW)
    same = mailbox.casefold()
    return next(
        (one.id for one in page.contacts if same in map(str.casefold, one.addresses)),
        "",
    )
