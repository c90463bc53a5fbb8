"""Remembering whom a user wrote to, after the message has gone and beside everything else."""

import asyncio
import logging
from collections.abc import Iterator

from aiohttp import web

from satchel.mail.addresses import Address, parse_addresses
from satchel.sending import Draft
from satchel_hookspecs import StoreError
from satchel_site.host import owner_of
from satchel_site.userdata import Userdata, find_userdata

COLLECTING: web.AppKey[set[asyncio.Task[None]]] = web.AppKey("collecting", set)
LAST_SECONDS = 5.0

logger = logging.getLogger(__name__)


def collect_recipients(request: web.Request, draft: Draft) -> None:
    """Have the recipients of a sent message remembered; nobody waits for it."""
    userdata = find_userdata(request)
    if userdata is None:
        return
    task = asyncio.create_task(_remember(userdata, owner_of(request), draft))
    running = request.app[COLLECTING]
    running.add(task)
    task.add_done_callback(running.discard)


async def finish_collecting(app: web.Application) -> None:
    """Wait for what is being written while the site ends."""
    running = app[COLLECTING]
    if running:
        await asyncio.wait(running, timeout=LAST_SECONDS)


async def _remember(userdata: Userdata, owner: str, draft: Draft) -> None:
    try:
        recipients = [(person.name, person.mailbox) for person in _people(draft)]
        await userdata.userdata_recipients_used(owner=owner, recipients=recipients)
    except StoreError as error:
        logger.warning("recipients were not collected: %s", error)
    except Exception:
        logger.exception("collecting recipients failed")


def _people(draft: Draft) -> Iterator[Address]:
    for text in (draft.to, draft.cc, draft.bcc):
        if text.strip():
            yield from parse_addresses(text)
