"""The services of a host: sessions, attachments, drafts and mail, joined over its hooks."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

from satchel.attachments import Acknowledged, AttachmentService, Limits
from satchel.mail.pool import ImapPool
from satchel.mail.server import Credentials
from satchel.plugins.plugins import Plugins
from satchel.plugins.relay import Hooks
from satchel.sending import Drafts, Sending, Tickets
from satchel.sending.filing import Filing
from satchel.sessions import KeyRing, Lifetimes, Records, Sessions, Throttle
from satchel.sessions.platform import PlatformHooks
from satchel.settings import Settings
from satchel_hookspecs import AttachmentSpecs, StoreError

log = logging.getLogger(__name__)
RECOVER_SECONDS = 15.0
DRAIN_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Mail:
    """Reading, sending and filing mail."""

    imap: ImapPool
    sending: Sending
    filing: Filing


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that a site asks for, over one set of plugins."""

    keyring: KeyRing
    records: Records
    sessions: Sessions
    throttle: Throttle
    attachments: AttachmentService
    drafts: Drafts
    mail: Mail

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None, None]:
        """Finish in the background what other nodes have left; at the end, what is on its way."""
        recovering = asyncio.create_task(_recover_forever(self.mail.sending))
        try:
            yield
        finally:
            recovering.cancel()
            await asyncio.wait({recovering})
            await asyncio.wait(
                {asyncio.create_task(self.mail.sending.drain())}, timeout=DRAIN_SECONDS
            )
            await self.mail.imap.close()


def join(settings: Settings, plugins: Plugins, clock: Callable[[], float] = time.time) -> Services:
    """Make the services; nothing is opened before their first use."""
    keyring = KeyRing(settings.secret)
    records = Records(plugins.records, keyring)
    limits = Limits(settings.max_message_size)
    attachments = AttachmentService(
        cast(AttachmentSpecs, plugins.hooks), limits, Acknowledged(records, limits.ttl)
    )
    drafts = Drafts(records, limits.ttl)
    imap = ImapPool(settings.imap)
    filing = Filing(imap, attachments, drafts)
    tickets = Tickets(records, settings.node, clock)
    sending = Sending(tickets, attachments, settings.smtp, _sign_in(settings), filing, clock)
    return Services(
        keyring,
        records,
        _sessions(settings, plugins, records, keyring, clock),
        Throttle(records),
        attachments,
        drafts,
        Mail(imap, sending, filing),
    )


def _sessions(
    settings: Settings,
    plugins: Plugins,
    records: Records,
    keyring: KeyRing,
    clock: Callable[[], float],
) -> Sessions:
    kept = settings.kept_seconds or settings.absolute_seconds
    lifetimes = Lifetimes(settings.idle_seconds, settings.absolute_seconds, kept)
    by_owner = "by_owner" in plugins.session_store.capabilities
    hooks: Hooks | PlatformHooks = plugins.hooks
    if plugins.is_on_platform:
        hooks = PlatformHooks(plugins.hooks, records, keyring, clock, lifetimes.longest)
    return Sessions(hooks, records, keyring, clock, lifetimes, by_owner=by_owner)


def _sign_in(settings: Settings) -> Callable[[Credentials], Credentials | None]:
    """How to sign in to the sending server: as the user (``%u``, ``%p``), as one, or not."""

    def credentials(user: Credentials) -> Credentials | None:
        name = settings.smtp_user.replace("%u", user.username)
        password = settings.smtp_pass.replace("%p", user.password)
        return Credentials(name, password) if name else None

    return credentials


async def _recover_forever(sending: Sending) -> None:
    while True:
        await asyncio.sleep(RECOVER_SECONDS)
        try:
            await sending.recover()
        except StoreError as error:
            log.warning("open messages could not be looked for: %s", error)
        except Exception:
            log.exception("recovering open messages failed")
