"""Filing: the copy in Sent, the copy in Drafts, and what a sent message leaves behind."""

from contextlib import aclosing

from satchel.attachments import AttachmentService
from satchel.mail.account import Account
from satchel.mail.errors import FolderChanged, FolderMissing, MessageMissing
from satchel.mail.message import OutgoingMessage
from satchel.mail.pool import ImapPool
from satchel.mail.server import Credentials
from satchel.sending.draft import Draft, Link
from satchel.sending.drafts import Drafts
from satchel.sending.ticket import Ticket

_GONE = (FolderChanged, FolderMissing, MessageMissing)


class Filing:
    """Puts copies into the mailbox of an account, streamed, and cleans up after a message."""

    def __init__(self, pool: ImapPool, attachments: AttachmentService, drafts: Drafts) -> None:
        self._pool = pool
        self._attachments = attachments
        self._drafts = drafts

    async def file(self, credentials: Credentials, message: OutgoingMessage) -> None:
        """Keep a copy of a sent message in Sent, read already."""
        account = self._pool.account(credentials)
        folder = await account.role_folder("sent")
        async with aclosing(message.stream()) as blocks:
            await account.append(folder, blocks, message.size(), (r"\Seen",), message.date)

    async def keep_copy(
        self, credentials: Credentials, message: OutgoingMessage, former: Link | None
    ) -> Link | None:
        """Keep a copy of a draft in Drafts in place of the former one, and say where it is."""
        account = self._pool.account(credentials)
        folder = await account.role_folder("drafts")
        flags = (r"\Draft", r"\Seen")
        async with aclosing(message.stream()) as blocks:
            kept = await account.append(folder, blocks, message.size(), flags, message.date)
        if former is not None:
            await self._delete(account, former)
        if kept.uidvalidity is None or kept.uid is None:
            return None
        return Link(kept.folder, kept.uidvalidity, kept.uid)

    async def drop_copy(self, credentials: Credentials, draft: Draft) -> None:
        """Delete the draft's copy in Drafts, if it has one."""
        if draft.copy is not None:
            await self._delete(self._pool.account(credentials), draft.copy)

    async def end(self, credentials: Credentials, ticket: Ticket) -> None:
        """Let go of a message that was sent: its files, its draft, the draft's copy; and mark the
        message that it answers or passes on."""
        account = self._pool.account(credentials)
        draft = ticket.draft
        await self.drop_copy(credentials, draft)
        await self._mark(account, draft.answers, r"\Answered")
        await self._mark(account, draft.forwards, "$Forwarded")
        await self._attachments.of(ticket.owner).close(ticket.group)
        await self._drafts.delete(ticket.owner, ticket.group)

    async def _mark(self, account: Account, link: Link | None, flag: str) -> None:
        if link is None:
            return
        try:
            await account.set_flags(link.folder, [link.uid], [flag], link.uidvalidity)
        except _GONE:
            return  # the message was moved or deleted meanwhile: nothing to mark

    async def _delete(self, account: Account, link: Link) -> None:
        try:
            await account.delete(link.folder, [link.uid], link.uidvalidity)
        except _GONE:
            return  # somebody deleted it before us
