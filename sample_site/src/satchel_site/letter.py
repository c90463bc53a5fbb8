"""A received message as the reader shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from satchel.mail.addresses import Address
from satchel.mail.reading import ReceivedMessage
from satchel.mail.structure import ReceivedPart
from satchel_site.addresses import folder_url, message_url, with_query
from satchel_site.html import CleanHtml, FindPart, clean_html
from satchel_site.plain import MAX_PLAIN, show_plain

NOBODY = Address("", "unknown sender")


@dataclass(frozen=True, slots=True)
class Tile:
    """A file of a message."""

    url: str
    filename: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """All that the reader shows of a message."""

    uid: int
    uidvalidity: int
    url: str
    list_url: str
    folder: str
    folder_label: str
    can_archive: bool
    subject: str
    sender: Address
    recipients_in_short: str
    lines: tuple[tuple[str, str], ...]
    reply_to_differs: str
    date: datetime
    files: tuple[Tile, ...]
    has_html: bool
    has_plain: bool
    hides_html: bool
    plain: Markup
    frame_url: str
    remote_images: int
    shows_images: bool
    offers_images: bool
    shortened: bool

    @property
    def actions_url(self) -> str:
        """Where the buttons of the toolbar send their form."""
        return f"{folder_url(self.folder)}/messages"

    @property
    def contact_url(self) -> str:
        """The page that puts the sender into the address book."""
        return with_query("/contacts/new", name=self.sender.name, address=self.sender.mailbox)

    def compose_url(self, how: str) -> str:
        """The page that answers or passes on this message."""
        id = f"{self.uidvalidity}-{self.uid}"
        return with_query("/compose", how=how, folder=self.folder, id=id)


@dataclass(frozen=True, slots=True)
class Wish:
    """How the reader wants to see a message."""

    plain: bool = False
    images: bool = False
    offers_images: bool = True
    query: str = ""
    page: int = 0


async def make_letter(
    message: ReceivedMessage, label: str, role: str | None, me: str, wish: Wish
) -> Letter:
    """Put a message into the words of the reader."""
    url = message_url(message.folder, message.uidvalidity, message.uid)
    html = await show_html(message, images=wish.images) if message.html else None
    sender = message.from_[0] if message.from_ else NOBODY
    shows_html = html is not None and not (wish.plain and message.text)
    body = message.html if shows_html else message.text
    return Letter(
        uid=message.uid,
        uidvalidity=message.uidvalidity,
        url=url,
        list_url=with_query(folder_url(message.folder), q=wish.query, page=wish.page),
        folder=message.folder,
        folder_label=label,
        can_archive=role not in {"archive", "drafts"},
        subject=message.subject,
        sender=sender,
        recipients_in_short=_in_short((*message.to, *message.cc), me),
        lines=_lines(message),
        reply_to_differs=_other_reply_address(message),
        date=message.date,
        files=tuple(_tile(url, part) for part in message.attachments),
        has_html=shows_html,
        has_plain=message.text is not None,
        hides_html=html is not None and not shows_html,
        plain=Markup("") if shows_html or not message.text else show_plain(message.text.text),
        frame_url=with_query(f"{url}/frame", images=int(wish.images)),
        remote_images=html.remote_images if html and shows_html else 0,
        shows_images=wish.images,
        offers_images=wish.offers_images,
        shortened=bool(body and (body.is_cut or len(body.text) > MAX_PLAIN)),
    )


async def show_html(message: ReceivedMessage, *, images: bool) -> CleanHtml:
    """Return the message's HTML, harmless, with its own pictures in place."""
    source = message.html.text if message.html else ""
    return await clean_html(source, _own_pictures(message), images=images)


def _own_pictures(message: ReceivedMessage) -> FindPart:
    url = message_url(message.folder, message.uidvalidity, message.uid)
    found = {part.content_id: f"{url}/pictures/{part.section}" for part in message.inline}
    return found.get


def _tile(url: str, part: ReceivedPart) -> Tile:
    return Tile(f"{url}/files/{part.section}", file_name(part), part.content_type, part.about_size)


def file_name(part: ReceivedPart) -> str:
    """The name of a file; one without a name is called after what it is."""
    endings = {"message/rfc822": ".eml", "text/plain": ".txt", "text/calendar": ".ics"}
    return part.filename or f"part-{part.section}{endings.get(part.content_type, '')}"


def _lines(message: ReceivedMessage) -> tuple[tuple[str, str], ...]:
    lines = (
        ("From", message.from_),
        ("Reply to", message.reply_to),
        ("To", message.to),
        ("Cc", message.cc),
        ("Bcc", message.bcc),
    )
    return tuple((label, ", ".join(map(str, people))) for label, people in lines)


def _in_short(people: Sequence[Address], me: str) -> str:
    if not people:
        return "undisclosed recipients"
    mine = [person for person in people if person.mailbox.lower() == me.lower()]
    others = [person for person in people if person not in mine]
    names = ["me"] * bool(mine) + [person.name or person.mailbox for person in others]
    return ", ".join(names[:2]) + (f", +{len(names) - 2}" if len(names) > 2 else "")


def _other_reply_address(message: ReceivedMessage) -> str:
    senders = {person.mailbox.lower() for person in message.from_}
    others = [person for person in message.reply_to if person.mailbox.lower() not in senders]
    return ", ".join(map(str, others)) if senders else ""
