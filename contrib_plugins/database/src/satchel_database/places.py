"""The places of a lane: first come, first served."""

import asyncio
from collections import deque

from satchel_database.deadline import Deadline
from satchel_hookspecs import Unavailable


class Places:
    """A fair semaphore whose callers wait no longer than their deadline."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting = deque[asyncio.Future[bool]]()

    async def take(self, deadline: Deadline) -> None:
        """Take a place, or raise ``Unavailable`` when none comes free in time."""
        if self._free:
            self._free -= 1
            return
        if not await self._wait(deadline):
            raise Unavailable(f"No connection came free in {deadline.seconds:g} s.")

    def give_back(self) -> None:
        """Give a place to whoever has waited longest."""
        while self._waiting:
            first = self._waiting.popleft()
            if not first.done():
                first.set_result(True)
                return
        self._free += 1

    async def _wait(self, deadline: Deadline) -> bool:
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[bool] = loop.create_future()
        self._waiting.append(turn)
        timer = loop.call_later(deadline.remaining, _give_up, turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.result():
                # It came in the same moment in which the caller left.
                self.give_back()
            raise
        finally:
            timer.cancel()


def _give_up(turn: "asyncio.Future[bool]") -> None:
    if not turn.done():
        turn.set_result(False)
