"""What a user does to messages: flag, move, delete."""

import re
from collections.abc import Iterable, Iterator, Sequence

from satchel.mail.errors import FolderMissing, MailServerRefused, MessageMissing
from satchel.mail.folders import find_or_create
from satchel.mail.imap_session import ImapSession, check_folder_name, refusals

_FLAG = re.compile(r"\\(Seen|Answered|Flagged|Deleted|Draft)|\$?[A-Za-z0-9_.-]{1,60}")
_AT_ONCE = 500


def check_flags(flags: Iterable[str]) -> tuple[str, ...]:
    """Return the flags if each is one that a client may set."""
    found = tuple(flags)
    for flag in found:
        if not _FLAG.fullmatch(flag):
            raise MailServerRefused("set the flag", f"“{flag}” is not one")
    return found


def set_flags(
    session: ImapSession, folder: str, uids: Sequence[int], flags: Iterable[str], uidvalidity: int
) -> None:
    """Set flags; messages that are gone are passed over."""
    wanted = check_flags(flags)
    for some in _opened(session, folder, uids, uidvalidity):
        with refusals("set the flag"):
            session.client.add_flags(some, wanted, silent=True)


def unset_flags(
    session: ImapSession, folder: str, uids: Sequence[int], flags: Iterable[str], uidvalidity: int
) -> None:
    """Take flags away; messages that are gone are passed over."""
    wanted = check_flags(flags)
    for some in _opened(session, folder, uids, uidvalidity):
        with refusals("take the flag away"):
            session.client.remove_flags(some, wanted, silent=True)


def move(
    session: ImapSession, folder: str, uids: Sequence[int], target: str, uidvalidity: int
) -> None:
    """Move messages to another folder. `FolderMissing` if either folder is."""
    check_folder_name(target)
    if target == folder:
        return
    for some in _opened(session, folder, uids, uidvalidity):
        try:
            _move_some(session, some, target)
        except MailServerRefused as error:
            if "[TRYCREATE]" in error.reply.upper():
                raise FolderMissing(target) from error
            raise


def move_to_trash(session: ImapSession, folder: str, uids: Sequence[int], uidvalidity: int) -> None:
    """Move messages to the trash, which is made if there is none; from the trash, delete them."""
    trash = find_or_create(session, "trash")
    if trash == folder:
        delete(session, folder, uids, uidvalidity)
    else:
        move(session, folder, uids, trash, uidvalidity)


def delete(session: ImapSession, folder: str, uids: Sequence[int], uidvalidity: int) -> None:
    """Delete messages for good. Doing it twice is no error."""
    for some in _opened(session, folder, uids, uidvalidity):
        _expunge(session, some)


def _opened(
    session: ImapSession, folder: str, uids: Sequence[int], uidvalidity: int
) -> Iterator[list[int]]:
    """Select the folder for writing and yield the UIDs, not too many for one command."""
    if not all(0 < uid < 2**32 for uid in uids):
        raise MessageMissing
    session.select(folder, uidvalidity, writable=True)
    for start in range(0, len(uids), _AT_ONCE):
        yield list(uids[start : start + _AT_ONCE])


def _move_some(session: ImapSession, uids: list[int], target: str) -> None:
    with refusals("move the message"):
        if session.has("MOVE"):
            session.client.move(uids, target)
            return
        session.client.copy(uids, target)
    _expunge(session, uids)


def _expunge(session: ImapSession, uids: list[int]) -> None:
    with refusals("delete the message"):
        session.client.add_flags(uids, [r"\Deleted"], silent=True)
        if session.has("UIDPLUS"):
            session.client.uid_expunge(uids)
            return
        # A plain EXPUNGE deletes whatever is marked, also what another program has marked.
        if set(session.client.search(["DELETED"])) <= set(uids):
            session.client.expunge()
