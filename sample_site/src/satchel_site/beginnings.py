"""The way from a link to a new draft."""

from aiohttp import web

from satchel.mail.addresses import Address
from satchel.mail.reading import ReceivedMessage
from satchel.sending import Draft
from satchel_hookspecs import Source
from satchel_site import answers
from satchel_site.addresses import read_id
from satchel_site.copies import group_of
from satchel_site.host import account_of, credentials_of, drafts_of, files_of, owner_of
from satchel_site.known import KNOWN_ACCOUNTS
from satchel_site.letter import file_name
from satchel_site.refusal import not_found


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
    if "draft" in query:
        draft = answers.reopen(message, sender_of(request))
        await _copy_files(request, message, group, Source.DRAFT)
    elif "how" in query:
        message = await _open(request, query.get("id", ""))
        draft = _answer(request, message, query["how"])
        if query["how"] == "forward":
            await _copy_files(request, message, group, Source.FORWARD)
    else:
        draft = Draft(sender=sender_of(request), to=query.get("to", "")[:1000])
    await drafts_of(request).create(owner_of(request), group, draft)
    return group


def sender_of(request: web.Request) -> str:
    """Who writes, as the header From says it."""
    address = credentials_of(request).username
    known = request.app[KNOWN_ACCOUNTS]
    name = next((one.name for one in known if one.mailbox == address), "")
    return str(Address(name, address))


def _answer(request: web.Request, message: ReceivedMessage, how: str) -> Draft:
    sender, me = sender_of(request), credentials_of(request).username
    if how == "reply":
        return answers.reply(message, sender)
    if how == "reply-all":
        return answers.reply_all(message, sender, me)
    if how == "forward":
        return answers.forward(message, sender)
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
