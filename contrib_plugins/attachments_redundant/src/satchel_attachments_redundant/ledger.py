"""The ledger of a compose: its group document, which any two nodes can merge."""

import json
from dataclasses import dataclass, replace

from satchel_hookspecs import ChecksumMismatch
from satchel_hookspecs.group import Entry, Group, all_gone


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is known of a group.

    Two ledgers of one group can always be merged, in any order and as often as one likes.
    """

    group: Group

    def merge(self, other: "Ledger") -> "Ledger":
        """The newest of what both know; what either knows as deleted or closed stays so."""
        gone = all_gone(self.group.gone, other.group.gone)
        closed = self.group.closed or other.group.closed
        entries = {entry.id: entry for entry in self.group.entries}
        for entry in other.group.entries:
            known = entries.get(entry.id)
            if known is None or _age(known) < _age(entry):
                entries[entry.id] = entry
        alive = [one for one in entries.values() if one.id not in gone and not closed]
        group = replace(
            self.group,
            expires=max(self.group.expires, other.group.expires),
            serial=max(self.group.serial, other.group.serial),
            closed=closed,
            entries=tuple(sorted(alive, key=lambda one: one.serial)),
            gone=gone,
        )
        return Ledger(group)

    def to_bytes(self) -> bytes:
        """What ``from_bytes`` reads."""
        return self.group.to_bytes()

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Ledger":
        """Read a ledger; ``ChecksumMismatch`` when it is none.

        One that was written before group documents knew what is gone begins with a line of that;
        its time allowed to upload again what was deleted.
        """
        line, _, document = raw.rpartition(b"\n")
        group = Group.from_bytes(document)
        if not line:
            return cls(group)
        try:
            gone = [id for id in json.loads(line) if group.entry(id) is None]
            return cls(replace(group, gone=all_gone(gone, group.gone)))
        except (TypeError, ValueError) as error:
            raise ChecksumMismatch("The list of a compose's attachments is damaged.") from error


def _age(entry: Entry) -> tuple[int, int]:
    return entry.serial, entry.revision
