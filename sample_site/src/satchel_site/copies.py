"""The draft's copy in the mailbox, so that other programs see it too."""

import logging
import re
import secrets
import time
from dataclasses import replace

from aiohttp import web

from satchel.mail.errors import MailError
from satchel.sending import Draft, StoredDraft
from satchel.sending.contents import part_of, written
from satchel_hookspecs import Conflict
from satchel_site.host import credentials_of, drafts_of, files_of, filing_of, owner_of
from satchel_site.sheet import find_bad_addresses

logger = logging.getLogger(__name__)


OUR_ID = re.compile(r"<draft\.([0-9a-f]{32})@[^>]+>")


def group_of(message_id: str | None) -> str | None:
    """The group of the draft that this copy was made of, or ``None`` for another program's."""
    match = OUR_ID.fullmatch(message_id or "")
    return match[1] if match else None


async def keep_copy(request: web.Request, group: str, stored: StoredDraft) -> None:
    """Put the draft into Drafts in place of its former copy.

    The draft itself is safe already; when the mailbox cannot take the copy now, or a file is out of
    reach, the next save tries again.
    """
    files, draft = files_of(request), stored.draft
    acknowledged = await files.acknowledged(group)
    listed = await files.list(group)
    ready = [one for one in listed if one.sealed and one.ref.id in acknowledged]
    if acknowledged.keys() - {one.ref.id for one in ready}:
        logger.warning("a draft was not copied into the mailbox: a file of it cannot be reached")
        return
    domain = credentials_of(request).username.rpartition("@")[2]
    try:
        message = written(
            _sendable(draft),
            [part_of(files, one) for one in ready],
            f"<draft.{group}@{domain}>",
            time.time(),
            f"=_{secrets.token_hex(16)}",
        )
        link = await filing_of(request).keep_copy(credentials_of(request), message, draft.copy)
    except MailError as error:
        logger.warning("a draft could not be copied into the mailbox: %s", error)
        return
    try:
        await drafts_of(request).save(
            owner_of(request), group, replace(draft, copy=link), stored.version
        )
    except Conflict:
        logger.info("a draft was changed while it was copied; the next save makes a new copy")


def _sendable(draft: Draft) -> Draft:
    """The draft without the fields that are no addresses yet: no header can hold them."""
    bad = dict.fromkeys(find_bad_addresses(draft), "")
    return replace(
        draft, to=bad.get("to", draft.to), cc=bad.get("cc", draft.cc), bcc=bad.get("bcc", draft.bcc)
    )
