"""The places of a lane: first come, first served."""

import asyncio
from collections import deque

from satchel_database.alarms import Alarms
from satchel_database.deadline import Deadline
from satchel_hookspecs import Unavailable


class Places:
    """A fair semaphore whose callers wait no longer than their deadline."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._alarms = Alarms()
        self._waiting = deque[asyncio.Future[None]]()

    async def take(self, deadline: Deadline) -> None:
        """Take a place, or raise ``Unavailable`` when none comes free in time."""
        if self._free:
            self._free -= 1
            return
        try:
            await self._wait(deadline)
        except TimeoutError:
            raise Unavailable(f"No connection came free in {deadline.seconds:g} s.") from None

    def give_back(self) -> None:
        """Give a place to whoever has waited longest."""
        while self._waiting:
            first = self._waiting.popleft()
            if not first.done():
                first.set_result(None)
                return
        self._free += 1

    async def _wait(self, deadline: Deadline) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
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
