"""Whether a host is left alone for now: one failure is enough, one answer ends it."""

import asyncio
from collections.abc import Callable

FIRST_WAIT = 0.05


class Breaker:
    """Open after a failure; while it is open, ``probe`` is called, less and less often.

    The wait between two probes doubles until it is ``longest``.
    """

    def __init__(self, probe: Callable[[], None], longest: float) -> None:
        self.reason: str | None = None
        self._probe = probe
        self._longest = longest
        self._wait = FIRST_WAIT
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        """Whether the host is left alone."""
        return self.reason is not None

    def fail(self, reason: str) -> None:
        """Leave the host alone until a probe is answered; ``reason`` is for the operator."""
        self.reason = reason
        if self._timer is None:
            wait = min(self._wait, self._longest)
            self._wait = wait * 2
            self._timer = asyncio.get_running_loop().call_later(wait, self._try)

    def succeed(self) -> None:
        """Ask the host again from now on."""
        self.reason = None
        self._wait = FIRST_WAIT
        self.close()

    def close(self) -> None:
        """Probe no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _try(self) -> None:
        self._timer = None
        self._probe()
