"""Sending: one click, at most one message, and an answer that says what is known."""

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from satchel.attachments import AttachmentService
from satchel.mail.errors import MailError, MessageRefused, OutcomeUnknown
from satchel.mail.message import OutgoingMessage
from satchel.mail.server import Credentials, MailServer
from satchel.mail.smtp import SmtpClient
from satchel.sending.contents import AttachmentsLost, parts_of, recipients_of, written
from satchel.sending.draft import Draft
from satchel.sending.filing import Filing
from satchel.sending.ticket import LEASE_SECONDS, Held, State, Ticket, Tickets
from satchel_hookspecs import Conflict, StoreError

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 5
SignIn = Callable[[Credentials], Credentials | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One click on Send: whose message it is, and what the page showed.

    ``send_id`` was given to the page and names this click; ``files`` are the ids of the
    attachments with their names.
    """

    owner: str
    group: str
    send_id: str
    credentials: Credentials = field(repr=False)
    draft: Draft
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class SendResult:
    """What is known of a message.

    ``claimed`` and ``at_dot`` mean that it is on its way. ``filed`` is false while its copy is not
    in Sent. ``lost`` names the files because of which nothing was sent.
    """

    state: State
    text: str
    filed: bool = False
    lost: tuple[str, ...] = ()

    @classmethod
    def of(cls, ticket: Ticket) -> "SendResult":
        """What the ticket says."""
        return cls(ticket.state, ticket.text, ticket.filed, ticket.lost)


class Sending:
    """Sends messages, and finishes what another node has left behind.

    ``sign_in`` turns the user's credentials into those for the sending server.
    """

    def __init__(
        self,
        tickets: Tickets,
        attachments: AttachmentService,
        smtp: MailServer,
        sign_in: SignIn,
        filing: Filing,
        clock: Callable[[], float],
    ) -> None:
        self._tickets = tickets
        self._attachments = attachments
        self._smtp = smtp
        self._sign_in = sign_in
        self._filing = filing
        self._clock = clock
        self._running: set[asyncio.Task[Ticket]] = set()

    async def send(self, order: Order) -> SendResult:
        """Send the message and wait for the outcome; a caller who leaves does not stop it.

        The same ``send_id`` again gives what is known of the first click.
        """
        try:
            held = await self._tickets.claim(
                Tickets.id(order.owner, order.send_id), self._ticket(order)
            )
        except Conflict as conflict:
            if isinstance(conflict.current, Ticket):
                return SendResult.of(conflict.current)
            raise
        return SendResult.of(await asyncio.shield(self._begin(held)))

    async def result(self, owner: str, send_id: str) -> SendResult | None:
        """What is known of a click, on whichever node it was; ``None`` when nothing is."""
        ticket = await self._tickets.load(Tickets.id(owner, send_id))
        return None if ticket is None else SendResult.of(ticket)

    async def recover(self) -> int:
        """Take over every open ticket that nobody holds any more, and count them."""
        taken = [await self._tickets.take_over(id) for id in await self._tickets.open_ids()]
        held = [one for one in taken if one is not None]
        for one in held:
            await self._begin(one)
        return len(held)

    async def drain(self) -> None:
        """Wait for the messages that are on their way, as before an orderly end."""
        while self._running:
            await asyncio.wait(self._running)

    def _ticket(self, order: Order) -> Ticket:
        domain = order.draft.sender.rpartition("@")[2].strip("<> ") or "localhost"
        return Ticket(
            owner=order.owner,
            group=order.group,
            username=order.credentials.username,
            password=order.credentials.password,
            draft=order.draft,
            files=order.files,
            message_id=f"<{secrets.token_hex(16)}@{domain}>",
            date=float(int(self._clock())),
            boundary=f"=_{secrets.token_hex(16)}",
            node="",
            lease=0.0,
        )

    def _begin(self, held: Held) -> asyncio.Task[Ticket]:
        task = asyncio.create_task(self._run(held))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _run(self, held: Held) -> Ticket:
        try:
            async with _kept(held):
                await self._go_on(held)
        except Conflict as conflict:  # another node holds it by now and will finish it
            if not isinstance(conflict.current, Ticket):
                raise
            return conflict.current
        return held.ticket

    async def _go_on(self, held: Held) -> None:
        """Whatever the ticket's state asks for."""
        if held.ticket.state is State.AT_DOT:
            await held.commit(state=State.UNKNOWN, text=OutcomeUnknown().text)
        if held.ticket.state is State.CLAIMED:
            await self._deliver(held)
        if held.ticket.state is State.ACCEPTED:
            await self._file(held)

    async def _deliver(self, held: Held) -> None:
        """Everything up to the server's answer; an error before the last word sends nothing."""
        ticket = held.ticket
        if ticket.attempts > MAX_ATTEMPTS:
            await held.commit(state=State.REFUSED, text="Nothing was sent, after several attempts.")
            return
        try:
            text = await self._hand_over(held)
        except OutcomeUnknown as error:
            await held.commit(state=State.UNKNOWN, text=str(error))
        except Conflict:
            raise
        except (MailError, StoreError) as error:
            lost = error.names if isinstance(error, AttachmentsLost) else ()
            await held.commit(state=State.REFUSED, text=_sentence(error), lost=lost)
        else:
            await held.commit(state=State.ACCEPTED, text=text)

    async def _hand_over(self, held: Held) -> str:
        message = await self._message(held.ticket)
        sender = message.from_.mailbox
        login = self._sign_in(Credentials(held.ticket.username, held.ticket.password))
        async with SmtpClient.connect(self._smtp, login) as smtp:
            await smtp.mail(sender, message.recipients, message.size())
            await smtp.body(message.stream())
            # every byte was read and verified by now; after this commit nobody sends it again
            await held.commit(state=State.AT_DOT)
            return await smtp.finish()

    async def _message(self, ticket: Ticket) -> OutgoingMessage:
        recipients_of(ticket.draft)
        files = self._attachments.of(ticket.owner)
        parts = await parts_of(files, ticket.group, ticket.files)
        message = written(ticket.draft, parts, ticket.message_id, ticket.date, ticket.boundary)
        limit = self._attachments.limits.message
        if message.size() > limit:
            raise MessageRefused(f"It has {message.size()} bytes; the limit is {limit}.")
        return message

    async def _file(self, held: Held) -> None:
        """Copy to Sent, then let go of the draft; what fails is tried again by ``recover``.

        After the last attempt the draft is left as it is: its text and files are still there.
        """
        ticket = held.ticket
        if ticket.attempts > MAX_ATTEMPTS:
            await held.commit(closed=True, text=f"{ticket.text} No copy could be kept in Sent.")
            return
        credentials = Credentials(ticket.username, ticket.password)
        try:
            if not ticket.filed:
                await self._filing.file(credentials, await self._message(ticket))
                await held.commit(filed=True)
            await self._filing.end(credentials, ticket)
        except Conflict:
            raise
        except (MailError, StoreError) as error:
            log.warning("a sent message was not filed yet: %s", error)
            return
        await held.commit(closed=True)


@asynccontextmanager
async def _kept(held: Held) -> AsyncGenerator[None, None]:
    """Renew the lease while the body of the ``with`` runs."""
    renewing = asyncio.create_task(_renew(held))
    try:
        yield
    finally:
        renewing.cancel()
        await asyncio.wait({renewing})


async def _renew(held: Held) -> None:
    while True:
        await asyncio.sleep(LEASE_SECONDS / 3)
        try:
            await held.renew()
        except Conflict:
            return
        except StoreError as error:
            log.warning("a lease could not be renewed: %s", error)


def _sentence(error: MailError | StoreError) -> str:
    if isinstance(error, MailError):
        return error.text
    return f"Nothing was sent, because what is kept could not be read: {error} Try again."
