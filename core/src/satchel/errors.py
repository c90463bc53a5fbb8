"""What keeps the host from starting, each with the way out."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and what the operator can do about it."""

    summary: str
    way_out: str = ""

    def __str__(self) -> str:
        return f"{self.summary} {self.way_out}".rstrip()


class StartupError(Exception):
    """The host does not start; ``problems`` holds all that was found, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
