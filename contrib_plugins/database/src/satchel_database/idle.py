"""The connections that nobody uses at the moment."""

import asyncio
import logging
import time
from typing import Any, Protocol

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


class Idle:
    """A connection, the driver's own part of it, and since when nobody uses it."""

    __slots__ = ("driver", "entry", "since")

    def __init__(self, entry: ConnectionPoolEntry) -> None:
        assert isinstance(entry, _ConnectionRecord)
        self.entry = entry
        self.driver: Driver = entry.driver_connection
        self.since = 0.0


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
        last = self._idle[-1]
        if last.entry.dbapi_connection is None or self._invalidate_time > last.entry.starttime:
            return None
        if not sight.is_open(last.driver):
            return None
        if time.monotonic() - last.since > JUST_NOW and not sight.is_silent(last.driver):
            return None
        return self._idle.pop()

    def give(self, idle: Idle) -> None:
        """Have it back, open or not; what outlives the pool is cut."""
        if self._is_over:
            idle.entry.invalidate()
        else:
            idle.since = time.monotonic()
            self._idle.append(idle)

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
        self.give(Idle(record))


def pool_of(engine: AsyncEngine) -> IdlePool:
    """The pool that an engine was made with."""
    pool = engine.pool
    assert isinstance(pool, IdlePool)
    return pool
