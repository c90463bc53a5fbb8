"""A sender over the memory stores, a real Dovecot, and an SMTP server that does as it is told."""

import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass

import pytest

from satchel.attachments import Acknowledged, Attachments, AttachmentService, Limits
from satchel.mail.pool import ImapPool
from satchel.mail.server import Credentials, MailServer
from satchel.sending import Draft, Drafts, Order, Sending, Tickets
from satchel.sending.filing import Filing
from satchel.sessions.records import Records
from satchel.sessions.seal import KeyRing
from satchel_hookspecs import MemoryAttachments, MemorySessions
from tests.contract.harness import Clock, context, hooks_around
from tests.servers.dovecot import Dovecot
from tests.servers.mailbox import Mailbox
from tests.servers.scripted_smtp import ScriptedSmtp

OWNER = "a" * 32
GROUP = "g" * 32


@dataclass
class Desk:
    """Everything a test needs to send: ``node()`` is one more node over the same stores."""

    node: Callable[[], Sending]
    files: Attachments
    drafts: Drafts
    tickets: Tickets
    records: Records
    mailbox: Mailbox
    order: Order
    clock: Clock
    attachments: MemoryAttachments

    async def attach(self, content: bytes, name: str = "a.bin", token: str = "t") -> str:
        """Attach a file and show it on the page."""

        async def chunks() -> AsyncIterator[bytes]:
            yield content

        kept = await self.files.add(GROUP, token, name, "x/y", chunks())
        self.order.files[kept.ref.id] = name
        return kept.ref.id


@pytest.fixture
def smtp() -> Iterator[ScriptedSmtp]:
    with ScriptedSmtp() as server:
        yield server


@pytest.fixture
async def desk(dovecot: Dovecot, smtp: ScriptedSmtp) -> AsyncIterator[Desk]:
    account = dovecot.add_account(f"sender{secrets.token_hex(4)}")
    clock = Clock()
    sessions = hooks_around(MemorySessions(None, context(clock)))
    store = MemoryAttachments(None, context(clock))
    records = Records(sessions, KeyRing(["s" * 32]))
    service = AttachmentService(
        hooks_around(store), Limits(message=2_000_000), Acknowledged(records, 3600)
    )
    drafts, credentials = Drafts(records, 3600), Credentials(account.address, account.password)
    async with ImapPool(MailServer(dovecot.host, dovecot.port, "none")) as pool:
        filing = Filing(pool, service, drafts)

        def node(name: str = "n1") -> Sending:
            server = MailServer(smtp.host, smtp.port, "none", timeout=5)
            tickets = Tickets(records, name, clock)
            return Sending(tickets, service, server, lambda user: user, filing, clock)

        draft = Draft(sender=account.address, to="ben@example.test", subject="Hi", text="Hello.")
        order = Order(
            owner=OWNER,
            group=GROUP,
            send_id="click 1",
            credentials=credentials,
            draft=draft,
            files={},
        )
        files = service.of(OWNER)
        await files.open(GROUP)
        await drafts.create(OWNER, GROUP, draft)
        mailbox = dovecot.mailbox(account.address)
        tickets = Tickets(records, "n0", clock)
        yield Desk(node, files, drafts, tickets, records, mailbox, order, clock, store)
