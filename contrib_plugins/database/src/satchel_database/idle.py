"""The connections that nobody uses at the moment."""

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy.pool import ConnectionPoolEntry, Pool
from sqlalchemy.pool.base import _ConnectionRecord

Driver = Any  # each driver has a class of its own


class IdlePool(Pool):
    """Keeps every connection that is given back; a lane sees to it that there are not too many.

    The one that was used last is taken first. ``take`` and ``give`` need no greenlet.
    """

    _is_asyncio = True

    def __init__(self, *given: Any, **options: Any) -> None:  # Any: as Pool takes them
        super().__init__(*given, **options)
        self._idle = list[ConnectionPoolEntry]()

    def take(self, is_open: Callable[[Driver], bool]) -> ConnectionPoolEntry | None:
        """The last idle connection, unless it is closed or outdated or there is none."""
        if not self._idle:
            return None
        entry = self._idle[-1]
        if self._is_outdated(entry) or not is_open(entry.driver_connection):
            return None
        return self._idle.pop()

    def give(self, entry: ConnectionPoolEntry) -> None:
        """Have it back, open or not."""
        self._idle.append(entry)

    def outdate(self) -> None:
        """Let no connection be used again that has been made up to now."""
        self._invalidate_time = time.time()

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
        """Close what is idle."""
        while self._idle:
            self._idle.pop().close()

    def status(self) -> str:
        """How many there are."""
        return f"{len(self._idle)} idle connections"

    def _do_get(self) -> ConnectionPoolEntry:
        return self._idle.pop() if self._idle else self._create_connection()

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        self._idle.append(record)

    def _is_outdated(self, entry: ConnectionPoolEntry) -> bool:
        assert isinstance(entry, _ConnectionRecord)
        return entry.dbapi_connection is None or entry._is_hard_or_soft_invalidated()
