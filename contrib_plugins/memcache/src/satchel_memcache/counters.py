"""What happened, counted, so that an operator sees what the users do not."""

from dataclasses import asdict, dataclass


@dataclass(slots=True)
class Counters:
    """Counts since the start of this process.

    ``closed``: connections closed because the answer was late, cut or garbled. ``refused``: calls
    not made because the host was known to be away. ``foreign``: values that belong to another
    key. ``forged``: values that satchel did not write. ``repaired``: copies brought up to date.
    ``alone``: writes acknowledged with fewer copies than they should have; when two nodes disagree
    about which host is up, lost writes are among these. ``unsure``: misses that were not believed.
    ``lost``: blocks that no host has any more, though their time is not over.
    """

    closed: int = 0
    refused: int = 0
    foreign: int = 0
    forged: int = 0
    repaired: int = 0
    alone: int = 0
    unsure: int = 0
    lost: int = 0

    def plus(self, other: "Counters") -> "Counters":
        """What both have counted."""
        more = asdict(other)
        return Counters(**{name: count + more[name] for name, count in asdict(self).items()})

    def as_mapping(self) -> dict[str, int]:
        """A copy, by name."""
        return asdict(self)
