"""The draft that a new message, an answer or a message passed on begins with."""

from collections.abc import Collection

from satchel.mail.addresses import Address
from satchel.mail.reading import ReceivedMessage
from satchel.sending import Draft, Link
from satchel_site.quoting import (
    forward_subject,
    quote_forward,
    quote_reply,
    reply_subject,
    text_of,
)


def reply(message: ReceivedMessage, sender: str) -> Draft:
    """Answer the sender."""
    return _answer(message, sender, to=_answered(message), cc=())


def reply_all(message: ReceivedMessage, sender: str, mine: Collection[str]) -> Draft:
    """Answer the sender and everybody else, but not oneself."""
    to = _answered(message)
    known = {person.mailbox.lower() for person in to} | set(mine)
    others = [p for p in (*message.to, *message.cc) if p.mailbox.lower() not in known]
    return _answer(message, sender, to=to, cc=tuple(dict.fromkeys(others)))


def forward(message: ReceivedMessage, sender: str) -> Draft:
    """Pass the message on; its files are copied by whoever calls this."""
    return Draft(
        sender=sender,
        subject=forward_subject(message.subject),
        text=quote_forward(message),
        references=_references(message),
        forwards=_link(message),
    )


def reopen(message: ReceivedMessage, sender: str) -> Draft:
    """Go on with a draft that another program left in the mailbox."""
    return Draft(
        sender=sender,
        to=_list(message.to),
        cc=_list(message.cc),
        bcc=_list(message.bcc),
        subject=message.subject,
        text=text_of(message),
        references=message.references,
        in_reply_to=message.references[-1] if message.references else None,
        copy=_link(message),
    )


def _answer(
    message: ReceivedMessage, sender: str, to: tuple[Address, ...], cc: tuple[Address, ...]
) -> Draft:
    return Draft(
        sender=sender,
        to=_list(to),
        cc=_list(cc),
        subject=reply_subject(message.subject),
        text=quote_reply(message),
        in_reply_to=message.message_id,
        references=_references(message),
        answers=_link(message),
    )


def _answered(message: ReceivedMessage) -> tuple[Address, ...]:
    return message.reply_to or message.from_


def _references(message: ReceivedMessage) -> tuple[str, ...]:
    own = (message.message_id,) if message.message_id else ()
    return (*message.references, *own)


def _link(message: ReceivedMessage) -> Link:
    return Link(message.folder, message.uidvalidity, message.uid)


def _list(people: tuple[Address, ...]) -> str:
    return ", ".join(str(person) for person in people)
