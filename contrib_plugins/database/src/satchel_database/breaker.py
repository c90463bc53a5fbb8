"""A breaker: callers of a server that hangs are refused at once until it answers again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from satchel_hookspecs import Unavailable

PAUSE = 0.5
log = logging.getLogger(__name__)


class Breaker:
    """Opens after ``hangs`` turns in a row that did not end in time.

    While it is open no caller waits: ``probe`` alone asks, again and again, until it succeeds.
    """

    def __init__(self, hangs: int, probe: Callable[[], Awaitable[None]]) -> None:
        self._limit = hangs
        self._hangs = 0
        self._probe = probe
        self._probing: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        """Whether callers are refused."""
        return self._probing is not None

    def check(self) -> None:
        """Raise ``Unavailable`` while the server hangs."""
        if self._probing is not None:
            raise Unavailable("The database does not answer; it is asked again all the time.")

    def answered(self) -> None:
        """The server was quick enough."""
        self._hangs = 0

    def hung(self) -> None:
        """The server was not done in time."""
        self._hangs += 1
        if self._hangs >= self._limit and self._probing is None:
            log.warning("The database hangs: callers are refused until it answers.")
            self._probing = asyncio.create_task(self._ask())

    async def close(self) -> None:
        """Ask no more."""
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.wait({self._probing})

    async def _ask(self) -> None:
        while True:
            try:
                await self._probe()
                break
            except Exception as error:  # noqa: BLE001 # whatever it is, it is asked again
                log.info("The database hangs still: %s", error)
            await asyncio.sleep(PAUSE)
        log.warning("The database answers again.")
        self._hangs, self._probing = 0, None
