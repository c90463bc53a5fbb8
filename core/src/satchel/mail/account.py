"""What can be done with the mail of one account."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from functools import partial
from typing import TypeVar

from satchel.mail import changes, folders, listing, reading
from satchel.mail.appending import Append, Kept
from satchel.mail.decoding import decoder_for
from satchel.mail.errors import PartLengthDiffers, PartMissing
from satchel.mail.folders import Folder, Role
from satchel.mail.imap_connection import ImapConnection
from satchel.mail.imap_session import ImapSession
from satchel.mail.listing import PAGE, Page
from satchel.mail.reading import BLOCK, ReceivedMessage
from satchel.mail.search import Search
from satchel.mail.server import Credentials
from satchel.mail.structure import ReceivedPart

T = TypeVar("T")
Lend = Callable[[Credentials], AbstractAsyncContextManager[ImapConnection]]


class Account:
    """An account on an IMAP server. Nothing is held between two calls.

    Every call may raise `LoginRefused` or `MailServerUnavailable`, and a call that names a
    folder `FolderMissing`. A `uidvalidity` that was given and is not the folder's any more
    raises `FolderChanged`.
    """

    def __init__(self, lend: Lend, credentials: Credentials) -> None:
        self._lend = lend
        self._credentials = credentials

    async def folders(self) -> tuple[Folder, ...]:
        """Return all folders, with the numbers of all and of unread messages."""
        return await self._run(folders.list_folders)

    async def role_folder(self, role: Role) -> str:
        """Return the name of the folder for this, such as Sent; it is made if there is none."""
        return await self._run(partial(folders.find_or_create, role=role))

    async def create_folder(self, name: str) -> None:
        """Make a folder and subscribe to it."""
        await self._run(partial(folders.create_folder, name=name))

    async def messages(
        self, folder: str, start: int = 0, count: int = PAGE, search: Search | None = None
    ) -> Page:
        """Return one page of a folder, newest first, of all messages or those that are found."""
        return await self._run(
            partial(
                listing.list_messages,
                folder=folder,
                start=max(start, 0),
                count=min(max(count, 0), 500),
                search=search,
            )
        )

    async def open(self, folder: str, uid: int, uidvalidity: int | None = None) -> ReceivedMessage:
        """Return a message without marking it as read; `MessageMissing` if it is gone."""
        return await self._run(
            partial(reading.open_message, folder=folder, uid=uid, uidvalidity=uidvalidity)
        )

    async def part(
        self, folder: str, uid: int, section: str, uidvalidity: int | None = None
    ) -> ReceivedPart:
        """Return what is known of one part; `PartMissing` if the message has none such."""

        def find(session: ImapSession) -> ReceivedPart:
            session.keep_selected(folder, uidvalidity)
            for known in reading.fetch_structure(session, uid).parts:
                if known.section == section:
                    return known
            raise PartMissing

        return await self._run(find)

    async def part_stream(
        self, folder: str, uid: int, part: ReceivedPart, uidvalidity: int | None = None
    ) -> AsyncGenerator[bytes, None]:
        """Yield a part decoded, a block at a time; no connection is held between blocks."""
        decoder = decoder_for(part.encoding)
        async for coded in self._blocks(folder, uid, part.section, uidvalidity):
            data = decoder.feed(coded)
            if data:
                yield data
        rest = decoder.end()
        if rest:
            yield rest

    async def raw_stream(
        self, folder: str, uid: int, uidvalidity: int | None = None
    ) -> AsyncGenerator[bytes, None]:
        """Yield the whole message as the server keeps it."""
        async for block in self._blocks(folder, uid, "", uidvalidity):
            yield block

    async def set_flags(
        self, folder: str, uids: Sequence[int], flags: Iterable[str], uidvalidity: int
    ) -> None:
        r"""Set flags such as `\Seen`; messages that are gone are passed over."""
        await self._run(lambda s: changes.set_flags(s, folder, uids, flags, uidvalidity))

    async def unset_flags(
        self, folder: str, uids: Sequence[int], flags: Iterable[str], uidvalidity: int
    ) -> None:
        """Take flags away; messages that are gone are passed over."""
        await self._run(lambda s: changes.unset_flags(s, folder, uids, flags, uidvalidity))

    async def move(self, folder: str, uids: Sequence[int], target: str, uidvalidity: int) -> None:
        """Move messages to another folder."""
        await self._run(lambda s: changes.move(s, folder, uids, target, uidvalidity))

    async def move_to_trash(self, folder: str, uids: Sequence[int], uidvalidity: int) -> None:
        """Move messages to the trash, or delete those that are in it already."""
        await self._run(lambda s: changes.move_to_trash(s, folder, uids, uidvalidity))

    async def delete(self, folder: str, uids: Sequence[int], uidvalidity: int) -> None:
        """Delete messages for good. Doing it twice is no error."""
        await self._run(lambda s: changes.delete(s, folder, uids, uidvalidity))

    async def append(
        self,
        folder: str,
        blocks: AsyncIterator[bytes],
        size: int,
        flags: Iterable[str] = (),
        date: datetime | None = None,
    ) -> Kept:
        """Keep a message of exactly `size` bytes in the folder, in constant memory.

        Raises `MailboxFull`, `MailServerRefused`, or `PartLengthDiffers` for another number of
        bytes; then, and when `blocks` raises, nothing is kept.
        """
        command = Append(folder, size, flags, date)
        async with self._lend(self._credentials) as connection:
            await connection.run(command.begin)
            try:
                await _send_exactly(connection, command, blocks, size)
            except BaseException:
                connection.drop()  # the server still waits for the rest of the message
                raise
            return await connection.run(command.finish)

    async def _blocks(
        self, folder: str, uid: int, section: str, uidvalidity: int | None
    ) -> AsyncIterator[bytes]:
        offset = 0
        while True:

            def fetch(session: ImapSession, offset: int = offset) -> bytes:
                session.keep_selected(folder, uidvalidity)
                return reading.fetch_block(session, uid, section, offset)

            block = await self._run(fetch)
            if block:
                yield block
            if len(block) < BLOCK:
                return
            offset += len(block)

    async def _run(self, call: Callable[[ImapSession], T]) -> T:
        async with self._lend(self._credentials) as connection:
            return await connection.run(call)


async def _send_exactly(
    connection: ImapConnection, command: Append, blocks: AsyncIterator[bytes], size: int
) -> None:
    sent = 0
    async for block in blocks:
        sent += len(block)
        if sent > size:
            break
        await connection.run(partial(command.send, block=block))
    if sent != size:
        raise PartLengthDiffers("the message", size, sent)
