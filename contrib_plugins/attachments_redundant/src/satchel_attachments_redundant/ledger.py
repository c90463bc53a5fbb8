"""The ledger of a compose: its group document, and what was deleted from it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from satchel_hookspecs import ChecksumMismatch
from satchel_hookspecs.group import Entry, Group

MOST_GONE = 1000


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is known of a group; ``gone`` has each deleted id with the serial that it had.

    Two ledgers of one group can always be merged, in any order and as often as one likes.
    """

    group: Group
    gone: Mapping[str, int] = field(default_factory=dict)

    def then(self, group: Group) -> "Ledger":
        """The ledger after its group was replaced by this one."""
        deleted = {one.id: one.serial for one in self.group.entries if not group.entry(one.id)}
        return Ledger(group, _newest(self.gone, deleted))

    def merge(self, other: "Ledger") -> "Ledger":
        """The newest of what both know; what either knows as deleted or closed stays so."""
        gone, closed = _newest(self.gone, other.gone), self.group.closed or other.group.closed
        entries = {entry.id: entry for entry in self.group.entries}
        for entry in other.group.entries:
            known = entries.get(entry.id)
            if known is None or _age(known) < _age(entry):
                entries[entry.id] = entry
        alive = [one for one in entries.values() if one.serial > gone.get(one.id, 0) and not closed]
        group = replace(
            self.group,
            expires=max(self.group.expires, other.group.expires),
            serial=max(self.group.serial, other.group.serial),
            closed=closed,
            entries=tuple(sorted(alive, key=lambda one: one.serial)),
        )
        return Ledger(group, gone)

    def to_bytes(self) -> bytes:
        """What ``from_bytes`` reads."""
        return json.dumps(self.gone).encode() + b"\n" + self.group.to_bytes()

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Ledger":
        """Read a ledger; ``ChecksumMismatch`` when it is none."""
        gone, _, document = raw.partition(b"\n")
        try:
            return cls(Group.from_bytes(document), json.loads(gone))
        except ValueError as error:
            raise ChecksumMismatch("The list of a compose's attachments is damaged.") from error


def _age(entry: Entry) -> tuple[int, int]:
    return entry.serial, entry.revision


def _newest(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    both = {id: max(one.get(id, 0), other.get(id, 0)) for id in (*one, *other)}
    return dict(sorted(both.items(), key=lambda gone: gone[1])[-MOST_GONE:])
