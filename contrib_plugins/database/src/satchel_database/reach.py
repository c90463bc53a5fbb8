"""How far a server has come, and whether that is far enough for a user."""

from collections.abc import Mapping
from typing import Protocol


class Reach(Protocol):
    """What one server has written or replayed."""

    def covers(self, asked: Mapping[str, int], writer: "Reach | None") -> bool:
        """Whether it holds all that a user has seen, and follows the writer's history."""

    def is_of(self, writer: "Reach") -> bool:
        """Whether it is a copy of the same data as the writer."""
