"""Calls that wait for their answers, each until its time is over."""

import asyncio
from collections import deque
from collections.abc import Callable

from satchel_memcache.call import Call


class Waiting:
    """Calls in the order of their deadlines; ``late`` gets each that was not answered in time.

    Used on the running event loop. A call is let go as soon as it is answered, since it has with it
    what it sends, which may be a block of a file.
    """

    def __init__(self, late: Callable[[Call], None]) -> None:
        self._late = late
        self._calls: deque[Call] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, call: Call) -> None:
        """Let a call wait that is due no sooner than those before it."""
        self._calls.append(call)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_at(call.due, self._sweep)

    def forget_answered(self) -> None:
        """Let those go that nobody waits for any more."""
        while self._calls and not self._calls[0].is_wanted:
            self._calls.popleft()

    def close(self) -> list[Call]:
        """Wait for nothing more; return those that were not answered."""
        if self._timer is not None:
            self._timer.cancel()
        return [call for call in self._calls if call.is_wanted]

    def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        self.forget_answered()
        while self._calls and self._calls[0].due <= now:
            self._late(self._calls.popleft())
            self.forget_answered()
        due = self._calls[0].due if self._calls else None
        self._timer = None if due is None else loop.call_at(due, self._sweep)
