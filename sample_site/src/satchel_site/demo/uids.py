"""The numbers by which IMAP knows the messages of a folder."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from pymap.mailbox import MailboxSnapshot

from satchel_site.demo.maildir import replacing

_NAME = "dovecot-uidlist"


@dataclass
class Uids:
    """The uid of every message, by its key, in the file that Dovecot would keep as well."""

    folder: Path
    guid: str
    validity: int = field(default_factory=MailboxSnapshot.new_uid_validity)
    next: int = 1
    keys: dict[int, str] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path, guid: str) -> Self:
        """Read the folder's numbers; a folder without any starts afresh, under this guid."""
        path = folder / _NAME
        if not path.exists():
            return cls(folder, guid)
        head, *lines = path.read_text("utf-8").splitlines()
        marks = {word[0]: word[1:] for word in head.split()[1:]}
        keys = {int(uid): key for uid, _, key in (line.partition(" :") for line in lines)}
        return cls(folder, marks["G"], int(marks["V"]), int(marks["N"]), keys)

    def add(self, key: str) -> int:
        """Give the message its number."""
        uid = self.next
        self.keys[uid] = key
        self.next += 1
        return uid

    def save(self) -> None:
        """Keep the numbers over a restart."""
        head = f"3 V{self.validity} N{self.next} G{self.guid}\n"
        lines = (f"{uid} :{key}\n" for uid, key in self.keys.items())
        with replacing(self.folder / _NAME) as partial:
            partial.write_text(head + "".join(lines), "utf-8")
