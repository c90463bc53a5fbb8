"""From a draft and its attachments to the message that goes out."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

from satchel.attachments import Attachments
from satchel.mail.addresses import Address, parse_addresses
from satchel.mail.errors import AddressError, MailError
from satchel.mail.message import OutgoingMessage
from satchel.mail.part import Part
from satchel.sending.draft import Draft
from satchel_hookspecs import Attachment, ChecksumMismatch, Conflict, Purpose, Unavailable


class AttachmentsLost(MailError):
    """Some of the files that the page showed are not there as they were; nothing was sent."""

    def __init__(self, names: Sequence[str], why: str = "could not be read") -> None:
        self.names = tuple(names)
        shown = ", ".join(f"“{name}”" for name in names)
        way_out = "Try again, or remove what is missing and attach it again."
        super().__init__(f"Nothing was sent: {shown} {why}. {way_out}")


class DraftGone(MailError):
    """The compose was ended: its message was sent already, or discarded."""

    def __init__(self) -> None:
        super().__init__("Nothing was sent: this draft was sent already, or discarded.")


def written(
    draft: Draft,
    parts: Sequence[Part],
    message_id: str,
    date: float,
    boundary: str,
) -> OutgoingMessage:
    """The message; equal arguments give equal bytes. ``AddressError`` names what is wrong."""
    [sender] = parse_addresses(draft.sender)
    return OutgoingMessage(
        from_=sender,
        to=_addresses(draft.to),
        cc=_addresses(draft.cc),
        bcc=_addresses(draft.bcc),
        reply_to=_addresses(draft.reply_to),
        subject=draft.subject,
        text=draft.text,
        message_id=message_id,
        date=datetime.fromtimestamp(date, UTC),
        boundary=boundary,
        in_reply_to=draft.in_reply_to,
        references=draft.references,
        attachments=tuple(parts),
    )


def recipients_of(draft: Draft) -> None:
    """Raise ``AddressError`` when there is nobody to send to, or an address that is none."""
    if not any(_addresses(text) for text in (draft.to, draft.cc, draft.bcc)):
        raise AddressError([("To", "is empty: name somebody to send to")])


async def parts_of(files: Attachments, group: str, shown: dict[str, str]) -> list[Part]:
    """The group's attachments, exactly those the page showed, all of them ready.

    ``AttachmentsLost`` otherwise: a file is never left out in silence, and none goes out that was
    removed on a node which did not have it. The group is kept open.
    """
    try:
        await files.open(group)
    except Conflict as conflict:
        raise DraftGone from conflict
    acknowledged = await files.acknowledged(group)
    listed = {one.ref.id: one for one in await files.list(group)}
    lost = [name for id, name in (shown | acknowledged).items() if id not in listed]
    if lost:
        raise AttachmentsLost(lost, "cannot be reached now")
    whole = {id for id, one in listed.items() if one.sealed and id in acknowledged}
    unfinished = [one.filename for id, one in listed.items() if id not in whole]
    if unfinished:
        raise AttachmentsLost(unfinished, "did not arrive to the end")
    unseen = [one.filename for id, one in listed.items() if id not in shown]
    if unseen:
        raise AttachmentsLost(unseen, "came from another tab; look at the list again")
    return [part_of(files, one) for one in listed.values()]


def part_of(files: Attachments, attachment: Attachment) -> Part:
    """The attachment as a part, whose bytes are verified while they are read."""
    return Part(
        attachment.filename,
        attachment.content_type,
        attachment.size,
        partial(_opened, files, attachment),
    )


@asynccontextmanager
async def _opened(
    files: Attachments, attachment: Attachment
) -> AsyncGenerator[AsyncIterator[bytes], None]:
    ref = attachment.ref
    try:
        async with files.open_file(ref.group, ref.id, purpose=Purpose.SEND) as found:
            if found is None:
                raise ChecksumMismatch("It is gone.")
            yield aiter(found)
    except (ChecksumMismatch, Unavailable) as error:
        raise AttachmentsLost([attachment.filename]) from error


def _addresses(text: str) -> tuple[Address, ...]:
    return parse_addresses(text) if text.strip() else ()
