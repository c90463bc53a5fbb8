"""Alarms: one timer for all callers of a lane, of whom hardly one is ever late."""

import asyncio
from typing import Protocol

from satchel_database.deadline import Deadline

LATE = 0.01


class Waiting(Protocol):
    """What a caller waits for, such as a future."""

    def done(self) -> bool: ...

    def set_exception(self, exception: BaseException, /) -> None: ...


class Alarms:
    """Fails what is still awaited at its deadline with ``TimeoutError``, ``LATE`` seconds after.

    A timer for each would cost more than the rest of a short statement's guard.
    """

    def __init__(self) -> None:
        self._ends = dict[Waiting, float]()
        self._timer: asyncio.TimerHandle | None = None

    def set(self, waiting: Waiting, deadline: Deadline) -> None:
        """Watch over it."""
        end = deadline.end
        self._ends[waiting] = end
        if self._timer is None or end + LATE < self._timer.when():
            self._wind(end)

    def clear(self, waiting: Waiting) -> None:
        """Watch no more."""
        self._ends.pop(waiting, None)

    def _wind(self, end: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(end + LATE, self._ring)

    def _ring(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        for waiting in [each for each, end in self._ends.items() if end <= now]:
            del self._ends[waiting]
            if not waiting.done():
                waiting.set_exception(TimeoutError())
        if self._ends:
            self._wind(min(self._ends.values()))
