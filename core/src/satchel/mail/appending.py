"""A message put into a folder as a stream, in constant memory."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from imapclient.datetime_util import datetime_to_INTERNALDATE
from imapclient.imap_utf7 import encode as encode_name

from satchel.mail.changes import check_flags
from satchel.mail.errors import FolderMissing, MailboxFull, MailServerRefused
from satchel.mail.imap_session import ImapSession, check_folder_name

_APPENDUID = re.compile(rb"\[APPENDUID (\d+) (\d+)\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a message went; the numbers are `None` if the server does not tell."""

    folder: str
    uidvalidity: int | None
    uid: int | None


class Append:
    """One APPEND: begin, blocks, finish. IMAPClient's own wants the whole message at once."""

    def __init__(self, folder: str, size: int, flags: Iterable[str], date: datetime | None) -> None:
        check_folder_name(folder)
        self._folder = folder
        self._size = size
        self._flags = check_flags(flags)
        self._date = date
        self._tag = b""

    def begin(self, session: ImapSession) -> None:
        """Announce the message. A refusal comes here, before any of its bytes."""
        imap = session.client._imap
        self._tag = imap._new_tag()
        name = encode_name(self._folder).replace(b"\\", b"\\\\").replace(b'"', b'\\"')
        date = f' "{datetime_to_INTERNALDATE(self._date)}"' if self._date else ""
        middle = f"({' '.join(self._flags)}){date} {{{self._size}}}\r\n".encode("ascii")
        imap.send(self._tag + b' APPEND "' + name + b'" ' + middle)
        while imap._get_response():
            if imap.tagged_commands[self._tag]:
                _, data = imap._command_complete("APPEND", self._tag)
                raise self._refusal(data)

    def send(self, session: ImapSession, block: bytes) -> None:
        """Hand over the next bytes."""
        session.client._imap.send(block)

    def finish(self, session: ImapSession) -> Kept:
        """End the command and return where the message is."""
        imap = session.client._imap
        imap.send(b"\r\n")
        typ, data = imap._command_complete("APPEND", self._tag)
        if typ != "OK":
            raise self._refusal(data)
        found = _APPENDUID.search(b" ".join(line for line in data if line))
        imap.untagged_responses.pop("APPENDUID", None)
        if not found:
            return Kept(self._folder, None, None)
        return Kept(self._folder, int(found[1]), int(found[2]))

    def _refusal(self, data: list[bytes]) -> FolderMissing | MailServerRefused:
        reply = b" ".join(line for line in data if line).decode("utf-8", "replace")
        if "[TRYCREATE]" in reply.upper() or "[NONEXISTENT]" in reply.upper():
            return FolderMissing(self._folder)
        if "[OVERQUOTA]" in reply.upper():
            return MailboxFull("keep the message", reply)
        return MailServerRefused("keep the message", reply)
