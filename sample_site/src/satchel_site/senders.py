"""Who a user may write as: the identities, or the account itself where there are none."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from satchel.mail.addresses import Address, check_mailbox, parse_addresses
from satchel.mail.errors import AddressError
from satchel.mail.reading import ReceivedMessage
from satchel.sending import Draft
from satchel_hookspecs import Rejected
from satchel_site.forms import Form
from satchel_site.host import credentials_of, owner_of
from satchel_site.identity import Identity
from satchel_site.known import KNOWN_ACCOUNTS
from satchel_site.quoting import text_of_html
from satchel_site.signatures import put_signature, swap_signature
from satchel_site.userdata import find_userdata

GONE = "This identity was deleted meanwhile. Choose another one in From."


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody a user writes as; ``header`` is what stands in From."""

    id: str
    header: str
    mailbox: str
    reply_to: str = ""
    bcc: str = ""
    signature: str = ""

    def begin(self, draft: Draft) -> Draft:
        """The draft as this sender begins it."""
        text = put_signature(draft.text, self.signature)
        return replace(draft, bcc=self.bcc, reply_to=self.reply_to, text=text)


def own_sender(request: web.Request) -> Sender:
    """The account itself."""
    address = credentials_of(request).username
    known = request.app[KNOWN_ACCOUNTS]
    name = next((one.name for one in known if one.mailbox == address), "")
    return Sender("", str(Address(name, address)), address)


async def senders_of(request: web.Request) -> Sequence[Sender]:
    """Everybody the user may write as, the standard one first."""
    userdata = find_userdata(request)
    if userdata is None:
        return (own_sender(request),)
    identities = await userdata.userdata_identities(owner=owner_of(request))
    usable = tuple(filter(None, map(_sender, identities)))
    return usable or (own_sender(request),)


def answering(senders: Sequence[Sender], message: ReceivedMessage) -> Sender:
    """Whom the message was sent to, or the standard sender."""
    addressed = {person.mailbox.lower() for person in (*message.to, *message.cc)}
    return _first_of(senders, addressed)


def writing(senders: Sequence[Sender], message: ReceivedMessage) -> Sender:
    """Who wrote the message, or the standard sender."""
    return _first_of(senders, {person.mailbox.lower() for person in message.from_})


async def change_sender(request: web.Request, draft: Draft, form: Form) -> Draft:
    """The draft with the sender that was chosen in the form, who is always one of the user's.

    Only the button beside the choice changes the signature in the text too; with any other, the
    text stays as the page shows it.
    """
    chosen, signs = form.one("from"), form.one("do") == "from"
    if not chosen or (chosen == form.one("from_shown") and not signs):
        return draft
    senders = await senders_of(request)
    sender = next((one for one in senders if one.id == chosen), None)
    if sender is None:
        raise Rejected(GONE)
    draft = replace(draft, sender=sender.header, reply_to=sender.reply_to)
    if not signs:
        return draft
    text = swap_signature(draft.text, [one.signature for one in senders], sender.signature)
    is_former = draft.bcc in {"", *(one.bcc for one in senders)}
    return replace(draft, text=text, bcc=sender.bcc if is_former else draft.bcc)


def _sender(identity: Identity) -> Sender | None:
    """The identity as a sender; ``None`` for one whose address no header can hold."""
    try:
        address = Address(identity.name, check_mailbox(identity.address))
        known = parse_addresses(str(address)) == (address,)
    except AddressError:
        return None
    signature = identity.signature
    return Sender(
        identity.id,
        str(address) if known else address.mailbox,
        address.mailbox,
        identity.reply_to,
        identity.bcc,
        text_of_html(signature) if identity.signature_is_html else signature,
    )


def _first_of(senders: Sequence[Sender], mailboxes: Collection[str]) -> Sender:
    return next((one for one in senders if one.mailbox.lower() in mailboxes), senders[0])
