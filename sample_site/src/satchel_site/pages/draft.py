"""The page of a draft, and what is wrong with it."""

import asyncio
import logging
import secrets
from collections.abc import Sequence

from aiohttp import web

from satchel.sending import Draft
from satchel_hookspecs import StoreError, Version
from satchel_site.folder_lines import folder_lines
from satchel_site.host import account_of, files_of
from satchel_site.page import around, show
from satchel_site.senders import Sender, senders_of
from satchel_site.sheet import make_sheet

logger = logging.getLogger(__name__)


async def show_draft(
    request: web.Request,
    group: str,
    draft: Draft,
    version: Version,
    problems: tuple[str, ...] = (),
    status: int = 200,
    invalid: str = "",
) -> web.StreamResponse:
    """Show the page of a draft, with what is wrong with it."""
    files = files_of(request)
    acknowledged = await files.acknowledged(group)
    listed, senders, found = await asyncio.gather(
        files.list(group), _senders(request), account_of(request).folders()
    )
    send_id, folders = secrets.token_hex(16), folder_lines(found)
    sheet = make_sheet(
        group, draft, version, send_id, listed, acknowledged, files.limits.file, senders
    )
    values = {"draft": sheet, "problems": problems, "invalid": invalid}
    return await show(request, "compose.html", values | around(folders, "", "compose"), status)


async def _senders(request: web.Request) -> Sequence[Sender]:
    """Whom to choose from; nobody, while that cannot be read: the draft keeps its sender."""
    try:
        return await senders_of(request)
    except StoreError as error:
        logger.warning("identities could not be read: %s", error)
        return ()
