"""The connections that nobody uses at the moment."""

import asyncio
import logging
import time
from typing import Any, NamedTuple, Protocol

from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry, Pool
from sqlalchemy.pool.base import _ConnectionRecord
from sqlalchemy.util import greenlet_spawn

Driver = Any  # each driver has a class of its own
CUT_SECONDS = 1.0
# What was used so short a time ago need not be asked whether it is there.
JUST_NOW = 0.001
log = logging.getLogger(__name__)


class Sight(Protocol):
    """What can be seen of a connection without asking the server."""

    def is_open(self, driver: Driver) -> bool:
        """Whether the driver takes it for usable."""

    def is_silent(self, driver: Driver) -> bool:
        """Whether nothing has come that the driver has not seen yet, such as its end."""


class Idle(NamedTuple):
    """A connection, the driver's own part of it, and when it was used."""

    entry: _ConnectionRecord
    driver: Driver
    since: float


class IdlePool(Pool):
    """Keeps every connection that is given back; a lane sees to it that there are not too many.

    The one that was used last is taken first. ``take`` and ``give`` need no greenlet.
    """

    _is_asyncio = True

    def __init__(self, *given: Any, **options: Any) -> None:  # Any: as Pool takes them
        super().__init__(*given, **options)
        self._idle = list[Idle]()
        self._is_over = False

    def take(self, sight: Sight) -> Idle | None:
        """The last idle connection, unless it is closed or outdated or there is none."""
        if not self._idle:
            return None
        entry, driver, since = last = self._idle[-1]
        if entry.dbapi_connection is None or self._invalidate_time > entry.starttime:
            return None
        if not sight.is_open(driver):
            return None
        if time.monotonic() - since > JUST_NOW and not sight.is_silent(driver):
            return None
        self._idle.pop()
        return last

    def give(self, entry: ConnectionPoolEntry, driver: Driver) -> None:
        """Have it back, open or not; what outlives the pool is cut."""
        assert isinstance(entry, _ConnectionRecord)
        if self._is_over:
            entry.invalidate()
        else:
            self._idle.append(Idle(entry, driver, time.monotonic()))

    def outdate(self) -> None:
        """Let no connection be used again that has been made up to now."""
        self._invalidate_time = time.time()

    async def close(self, seconds: float) -> None:
        """Close what is idle; what a server that hangs does not let go in time is cut."""
        closing = asyncio.create_task(greenlet_spawn(self.dispose))
        await asyncio.wait({closing}, timeout=seconds)
        if closing.done():
            closing.result()
            return
        log.warning("Connections did not close in %g s and were cut.", seconds)
        closing.cancel()
        while self._idle:
            self._idle.pop().entry.invalidate()
        await asyncio.wait({closing}, timeout=CUT_SECONDS)

    def recreate(self) -> "IdlePool":
        """As SQLAlchemy asks for when an engine is disposed of."""
        return IdlePool(
            self._creator,
            recycle=self._recycle,
            echo=self.echo,
            logging_name=self._orig_logging_name,
            reset_on_return=self._reset_on_return,
            pre_ping=self._pre_ping,
            dialect=self._dialect,
            _dispatch=self.dispatch,
        )

    def dispose(self) -> None:
        """Close what is idle, and have nothing back from now on."""
        self._is_over = True
        while self._idle:
            self._idle.pop().entry.close()

    def status(self) -> str:
        """How many there are."""
        return f"{len(self._idle)} idle connections"

    def _do_get(self) -> ConnectionPoolEntry:
        return self._idle.pop().entry if self._idle else self._create_connection()

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        self.give(record, record.driver_connection)


def pool_of(engine: AsyncEngine) -> IdlePool:
    """The pool that an engine was made with."""
    pool = engine.pool
    assert isinstance(pool, IdlePool)
    return pool
