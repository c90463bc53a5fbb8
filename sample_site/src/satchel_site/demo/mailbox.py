"""A folder of the demo: a maildir that only this process writes.

pymap comes with a maildir of its own, and this takes its place behind the same interface.
That one copies messages without their content, writes the line breaks of others its own way,
reads every folder anew for every command, moves files out of /tmp even where that is another
disk, and is deaf for ten minutes after it was killed with a lock in its hand.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pymap.backend.mailbox import MailboxDataInterface
from pymap.concurrent import Event
from pymap.flags import FlagOp
from pymap.interfaces.message import CachedMessage
from pymap.mailbox import MailboxSnapshot
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import Flag, ObjectId
from pymap.parsing.specials.flag import Seen
from pymap.selected import SelectedMailbox, SelectedSet

from satchel_site.demo import flags as letters_of
from satchel_site.demo.files import File, keep, scan
from satchel_site.demo.maildir import new_key
from satchel_site.demo.stored import Source, StoredMessage
from satchel_site.demo.uids import Uids


class Mailbox(MailboxDataInterface[StoredMessage]):
    """The messages of one folder; every connection that looks at it shares this object.

    All methods run in the event loop, and none awaits between a change on the disk and the
    same change in memory, so that they need no lock.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._uids = Uids.load(folder, ObjectId.random_mailbox_id().value.decode())
        self._files = {**scan(self.folder, "cur"), **scan(self.folder, "new")}
        self._changed = Event.for_asyncio()
        self._selected_set = SelectedSet()
        known = set(self._uids.keys.values())
        fresh = sorted(self._files.keys() - known, key=lambda key: (self._files[key].when, key))
        self._forget(uid for uid, key in self._uids.keys.items() if key not in self._files)
        self._number(fresh)

    @property
    def mailbox_id(self) -> ObjectId:
        return ObjectId(self._uids.guid.encode())

    @property
    def readonly(self) -> bool:
        return False

    @property
    def uid_validity(self) -> int:
        return self._uids.validity

    @property
    def permanent_flags(self) -> frozenset[Flag]:
        return letters_of.KNOWN

    @property
    def selected_set(self) -> SelectedSet:
        return self._selected_set

    def refresh(self) -> None:
        """Take notice of what has been delivered since."""
        arrived = {k: v for k, v in scan(self.folder, "new").items() if k not in self._files}
        if arrived:
            self._files |= arrived
            self._number(sorted(arrived))
            self._changed.set()

    def path(self, key: str) -> Path | None:
        """Say where the message's file is at the moment."""
        file = self._files.get(key)
        return self._at(file) if file else None

    async def update_selected(
        self, selected: SelectedMailbox, *, wait_on: Event | None = None
    ) -> SelectedMailbox:
        if wait_on is not None:
            await wait_on.or_event(self._changed).wait()
        selected.set_messages([message async for message in self.messages()])
        return selected

    async def append(self, append_msg: AppendMessage, *, recent: bool = False) -> StoredMessage:
        when = (append_msg.when or datetime.now(UTC)).timestamp()
        letters = letters_of.to_letters(append_msg.flag_set)
        key = new_key()
        file = File("new" if recent else "cur", f"{key}:2,{letters}", when)
        place = self._at(file)
        # Named before it is there, so that nobody takes it for a delivery and counts it twice.
        self._files[key] = file
        try:
            await asyncio.to_thread(keep, self.folder, place, append_msg.literal, when)
        except BaseException:
            del self._files[key]
            with contextlib.suppress(FileNotFoundError):
                place.unlink()
            raise
        (uid,) = self._number([key])
        self._changed.set()
        return self._message(uid)

    async def copy(self, uid: int, destination: "Mailbox", *, recent: bool = False) -> int | None:
        key = self._uids.keys.get(uid)
        if key is None:
            return None
        file = self._files[key]
        twin = new_key()
        copied = File("new" if recent else "cur", f"{twin}:2,{file.letters}", file.when)
        os.link(self._at(file), destination._at(copied))
        return destination._take(twin, copied)

    async def move(self, uid: int, destination: "Mailbox", *, recent: bool = False) -> int | None:
        key = self._uids.keys.get(uid)
        if key is None or destination is self:
            return None
        file = self._files[key]
        moved = replace(file, place="new" if recent else "cur", name=f"{key}:2,{file.letters}")
        self._at(file).rename(destination._at(moved))
        self._forget([uid])
        self._changed.set()
        return destination._take(key, moved)

    async def get(self, uid: int, cached_msg: CachedMessage) -> StoredMessage:
        if uid not in self._uids.keys:
            return StoredMessage.expunged_copy(cached_msg)
        return self._message(uid)

    async def update(
        self, uid: int, cached_msg: CachedMessage, flag_set: frozenset[Flag], mode: FlagOp
    ) -> StoredMessage:
        key = self._uids.keys.get(uid)
        if key is None:
            return StoredMessage.expunged_copy(cached_msg)
        file = self._files[key]
        kept = mode.apply(letters_of.from_letters(file.letters), flag_set)
        self._rename(key, replace(file, name=f"{key}:2,{letters_of.to_letters(kept)}"))
        return self._message(uid)

    async def delete(self, uids: Iterable[int]) -> None:
        gone = [uid for uid in uids if uid in self._uids.keys]
        for uid in gone:
            self._at(self._files[self._uids.keys[uid]]).unlink(missing_ok=True)
        self._forget(gone)
        self._changed.set()

    async def claim_recent(self, selected: SelectedMailbox) -> None:
        for uid, key in self._uids.keys.items():
            file = self._files[key]
            if file.place == "new":
                name = file.name if ":2," in file.name else f"{key}:2,"
                self._rename(key, replace(file, place="cur", name=name))
                selected.session_flags.add_recent(uid)

    async def cleanup(self) -> None:
        """Do nothing: there is never anything left over."""

    async def messages(self) -> AsyncIterator[StoredMessage]:
        for uid in list(self._uids.keys):
            if uid in self._uids.keys:
                yield self._message(uid)

    async def snapshot(self) -> MailboxSnapshot:
        messages = [message async for message in self.messages()]
        seen = [Seen in message.permanent_flags for message in messages]
        return MailboxSnapshot(
            self.mailbox_id,
            self.readonly,
            self.uid_validity,
            self.permanent_flags,
            self.session_flags,
            exists=len(messages),
            recent=sum(message.recent for message in messages),
            unseen=seen.count(False),
            first_unseen=seen.index(False) + 1 if False in seen else None,
            next_uid=self._uids.next,
        )

    def _message(self, uid: int) -> StoredMessage:
        key = self._uids.keys[uid]
        file = self._files[key]
        when = datetime.fromtimestamp(file.when, UTC).astimezone()
        kept = letters_of.from_letters(file.letters)
        return StoredMessage(uid, when, kept, Source(key, self.path), file.place == "new")

    def _at(self, file: File) -> Path:
        return self.folder / file.place / file.name

    def _take(self, key: str, file: File) -> int:
        self._files[key] = file
        (uid,) = self._number([key])
        self._changed.set()
        return uid

    def _rename(self, key: str, file: File) -> None:
        before = self._files[key]
        if file != before:
            self._at(before).rename(self._at(file))
            self._files[key] = file
            self._changed.set()

    def _number(self, keys: Iterable[str]) -> list[int]:
        uids = [self._uids.add(key) for key in keys]
        if uids:
            self._uids.save()
        return uids

    def _forget(self, uids: Iterable[int]) -> None:
        gone = list(uids)
        for uid in gone:
            self._files.pop(self._uids.keys.pop(uid), None)
        if gone:
            self._uids.save()
