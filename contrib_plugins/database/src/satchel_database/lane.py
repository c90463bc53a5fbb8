"""A lane: the connections of one kind, and the callers that wait for them in order."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from satchel_database.connection import Connection
from satchel_database.deadline import Deadline
from satchel_database.turn import Translate, Turn
from satchel_hookspecs import StoreError, Unavailable

log = logging.getLogger(__name__)


class Lane:
    """First come, first served: a pool alone serves some callers a hundred times before others.

    A place is given back only when its connection is idle or closed, so that a database that hangs
    never has more than ``places`` connections waiting for it.
    """

    def __init__(self, engine: AsyncEngine, places: int, translate: Translate) -> None:
        self._engine = engine
        self._places = asyncio.Semaphore(places)
        self._translate = translate
        self._recoveries: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def transaction(self, seconds: float) -> AsyncIterator[Connection]:
        """A transaction that is committed when the block ends well, else rolled back."""
        deadline = Deadline(seconds)
        await self._take_place(deadline)
        turn = Turn(self._engine, deadline, self._translate)
        try:
            yield Connection(turn)
            await turn.commit()
        except BaseException:
            await self._roll_back(turn)
            raise
        finally:
            self._give_back(turn)

    async def close(self, seconds: float) -> None:
        """Close all connections; what hangs is left to itself after ``seconds``."""
        if self._recoveries:
            await asyncio.wait(self._recoveries, timeout=seconds)
        closing = asyncio.create_task(self._engine.dispose())
        await asyncio.wait({closing}, timeout=seconds)
        if not closing.done():
            log.warning("A connection did not close in %g s and is left to itself.", seconds)
            return
        closing.result()

    async def _take_place(self, deadline: Deadline) -> None:
        try:
            async with asyncio.timeout(deadline.remaining):
                await self._places.acquire()
        except TimeoutError as error:
            raise Unavailable(f"No connection came free in {deadline.seconds:g} s.") from error

    async def _roll_back(self, turn: Turn) -> None:
        if turn.left_behind:
            return
        try:
            await turn.rollback()
        except StoreError as error:
            log.warning(
                "A transaction could not be rolled back, its connection is closed: %s", error
            )

    def _give_back(self, turn: Turn) -> None:
        if not turn.left_behind:
            self._places.release()
            return
        recovery = asyncio.create_task(turn.recover())
        self._recoveries.add(recovery)
        recovery.add_done_callback(self._recovered)

    def _recovered(self, recovery: asyncio.Task[None]) -> None:
        self._recoveries.discard(recovery)
        self._places.release()
