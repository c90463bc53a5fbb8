"""What a host is asked: a question, and the future that gets its answer."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from satchel_memcache.line import Line


@dataclass(eq=False, slots=True)
class Call:
    """One question to a host, and until when somebody waits for the answer."""

    due: float
    # Any: each kind of question has an answer of its own kind.
    answer: asyncio.Future[Any] = field(repr=False)

    @property
    def is_wanted(self) -> bool:
        """Whether anybody still waits."""
        return not self.answer.done()


@dataclass(eq=False, slots=True)
class Fetch(Call):
    """Ask for the value and the token under a key."""

    key: str


@dataclass(eq=False, slots=True)
class Talk(Call):
    """Send commands, each in parts, that are answered by a line each.

    In that ``life`` of the line alone, if one is given. ``size`` is how many bytes they keep.
    """

    commands: Sequence[Sequence[bytes]] = field(repr=False)
    size: int = 0
    life: int | None = None


@dataclass(eq=False, slots=True)
class Run(Call):
    """Do something else with the line, such as asking for its statistics."""

    function: Callable[[Line], Any]
