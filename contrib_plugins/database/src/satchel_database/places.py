"""The places of a lane: first come, first served."""

import asyncio
from collections import deque
from collections.abc import Callable

from satchel_database.alarms import Alarms
from satchel_database.deadline import Deadline
from satchel_hookspecs import Unavailable

Begin = Callable[[], bool]


class Places:
    """A fair semaphore that calls whoever has waited longest, in the moment a place comes free."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._alarms = Alarms()
        self._waiting = deque[Begin]()

    def ask(self, begin: Begin) -> None:
        """Call ``begin`` as soon as a place is free, at once or later.

        It answers whether it took the place: whoever has left meanwhile does not.
        """
        if not self._free:
            self._waiting.append(begin)
            return
        self._free -= 1
        if not begin():
            self.give_back()

    async def take(self, deadline: Deadline) -> None:
        """Take a place, or raise ``Unavailable`` when none comes free in time."""
        if self._free:
            self._free -= 1
            return
        try:
            await self._wait(deadline)
        except TimeoutError:
            raise full(deadline) from None

    def give_back(self) -> None:
        """Give a place to whoever has waited longest."""
        self._free += 1
        while self._free and self._waiting:
            begin = self._waiting.popleft()
            self._free -= 1
            if not begin():
                self._free += 1

    async def _wait(self, deadline: Deadline) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def begin() -> bool:
            if turn.done():
                return False
            turn.set_result(None)
            return True

        self._waiting.append(begin)
        self._alarms.set(turn, deadline)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                # It came in the same moment in which the caller left.
                self.give_back()
            raise
        finally:
            self._alarms.clear(turn)


def full(deadline: Deadline) -> Unavailable:
    """The error when no place came free."""
    return Unavailable(f"No connection came free in {deadline.seconds:g} s.")
