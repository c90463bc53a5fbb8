"""The way from a link to a new draft."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from aiohttp import web

from satchel.mail.reading import ReceivedMessage
from satchel.sending import Draft
from satchel_hookspecs import Source, StoreError
from satchel_site import answers
from satchel_site.addresses import read_id
from satchel_site.copies import group_of
from satchel_site.host import account_of, credentials_of, drafts_of, files_of, owner_of
from satchel_site.letter import file_name
from satchel_site.page import flash
from satchel_site.refusal import not_found
from satchel_site.senders import Sender, answering, own_sender, senders_of, writing

UNSIGNED = "Your identities cannot be read now: this is written as your account, unsigned."

logger = logging.getLogger(__name__)


async def begin_draft(request: web.Request) -> str:
    """Keep a new draft as the address asks for, with its files, and return its group.

    A draft in the mailbox that is a copy of one that is still kept leads to that one.
    """
    query, group = request.query, files_of(request).new_group()
    if "draft" in query:
        message = await _open(request, query["draft"])
        known = group_of(message.message_id)
        if known and await drafts_of(request).load(owner_of(request), known):
            return known
    await files_of(request).open(group)
    senders = await _senders(request)
    if "draft" in query:
        sender = writing(senders, message)
        draft = replace(answers.reopen(message, sender.header), reply_to=sender.reply_to)
        await _copy_files(request, message, group, Source.DRAFT)
    elif "how" in query:
        message = await _open(request, query.get("id", ""))
        me = credentials_of(request).username
        draft = _answer(senders, me, message, query["how"])
        if query["how"] == "forward":
            await _copy_files(request, message, group, Source.FORWARD)
    else:
        to = query.get("to", "")[:1000]
        draft = senders[0].begin(Draft(sender=senders[0].header, to=to))
    await drafts_of(request).create(owner_of(request), group, draft)
    return group


async def _senders(request: web.Request) -> Sequence[Sender]:
    """The senders; while identities cannot be read, a message is written as the account."""
    try:
        return await senders_of(request)
    except StoreError as error:
        logger.warning("identities could not be read: %s", error)
        flash(request, UNSIGNED)
        return (own_sender(request),)


def _answer(senders: Sequence[Sender], me: str, message: ReceivedMessage, how: str) -> Draft:
    sender, mine = answering(senders, message), {one.mailbox.lower() for one in senders}
    if how == "reply":
        return sender.begin(answers.reply(message, sender.header))
    if how == "reply-all":
        return sender.begin(answers.reply_all(message, sender.header, mine | {me.lower()}))
    if how == "forward":
        return sender.begin(answers.forward(message, sender.header))
    raise not_found()


async def _open(request: web.Request, id: str) -> ReceivedMessage:
    uidvalidity, uid = read_id(id)
    return await account_of(request).open(request.query.get("folder", ""), uid, uidvalidity)


async def _copy_files(
    request: web.Request, message: ReceivedMessage, group: str, source: Source
) -> None:
    """Copy the message's files, block by block, each verified when it is kept."""
    account, files = account_of(request), files_of(request)
    for position, part in enumerate(message.attachments):
        chunks = account.part_stream(message.folder, message.uid, part, message.uidvalidity)
        await files.add(
            group,
            f"part-{part.section}",
            file_name(part),
            part.content_type,
            chunks,
            source=source,
            position=position,
        )
