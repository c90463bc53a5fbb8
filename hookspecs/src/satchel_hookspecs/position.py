"""How far the writes of a user have come, so that a replica which lags behind is not asked.

A source is one history of writes (a database cluster and its timeline); within a source positions
are integers that only grow (a PostgreSQL LSN, a MariaDB GTID sequence).
"""

from collections.abc import Mapping
from contextvars import ContextVar


class Position:
    """The furthest write that was seen, for each source; shared by all tasks of a request."""

    __slots__ = ("_seen",)

    def __init__(self, seen: Mapping[str, int] | None = None) -> None:
        self._seen = dict(seen or {})

    def advance(self, source: str, number: int) -> None:
        """Remember that ``source`` has come at least as far as ``number``."""
        self._seen[source] = max(number, self._seen.get(source, number))

    def of(self, source: str) -> int | None:
        """How far ``source`` must have come, or ``None`` when nothing is asked of it."""
        return self._seen.get(source)

    def merge(self, other: Mapping[str, int]) -> None:
        """Take the further of both, source by source."""
        for source, number in other.items():
            self.advance(source, number)

    def as_mapping(self) -> dict[str, int]:
        """A copy that JSON can carry."""
        return dict(self._seen)


position: ContextVar[Position] = ContextVar("satchel_position")


def current_position() -> Position:
    """The position of the running request; outside of one, a fresh one for this task."""
    found = position.get(None)
    if found is None:
        found = Position()
        position.set(found)
    return found
