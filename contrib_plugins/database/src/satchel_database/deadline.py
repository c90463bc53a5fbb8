"""How long a caller is ready to wait."""

import asyncio


class Deadline:
    """A moment, ``seconds`` from now on the loop's clock."""

    __slots__ = ("_loop", "end", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._loop = asyncio.get_running_loop()
        self.end = self._loop.time() + seconds

    @property
    def remaining(self) -> float:
        """How many seconds are left, never less than 0."""
        return max(0.0, self.end - self._loop.time())
