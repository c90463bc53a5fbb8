"""A turn: one caller's time with one connection, in steps that cannot hang the caller."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from satchel_database.deadline import Deadline
from satchel_database.errors import UnfitServer
from satchel_database.manner import Manner, Sources, nothing
from satchel_hookspecs import Unavailable

Answer = TypeVar("Answer")
Step = Callable[[AsyncConnection], Awaitable[Answer]]
Translate = Callable[[Exception], Exception]

log = logging.getLogger(__name__)


class Turn:
    """Every step runs in a task of its own; the caller leaves it behind when time is up.

    Cancelling does not free a caller: a driver may wait seconds for a server that is frozen, and a
    thread cannot be cancelled at all. So a step is never awaited, only waited for; what was left
    behind is brought to its end by ``recover``, and its connection is not used again. After a
    statement that failed there is nothing but ``rollback``.
    """

    def __init__(
        self, engine: AsyncEngine, deadline: Deadline, translate: Translate, manner: Manner
    ) -> None:
        self.deadline = deadline
        self._engine = engine
        self._connection = engine.connect()
        self._translate = translate
        self._manner = manner
        self._open = False
        self._failed = False
        self.took_too_long = False
        self._running: asyncio.Task[Any] | None = None  # Any: each step has its own answer

    @property
    def left_behind(self) -> bool:
        """Whether a step did not come to its end in time."""
        return self._running is not None

    async def run(self, step: Step[Answer]) -> Answer:
        """Answer as the step does, or raise ``Unavailable`` when time is up."""
        self._check()
        return await self._guard(self._take(step))

    async def commit(self) -> Sources:
        """End the transaction for good; a commit that fails leaves nothing behind."""
        if not self._open:
            return {}
        self._check()
        return await self._settle(self._end(self._manner.commit))

    async def rollback(self) -> None:
        """End the transaction as if it had never been."""
        if not self._open or self._connection.closed:
            return
        how = nothing if self._connection.invalidated else self._manner.rollback
        await self._guard(self._end(how))

    async def recover(self) -> None:
        """Wait for the step that was left behind, and close the connection under it."""
        if self._running is not None:
            await asyncio.wait({self._running}, timeout=self.deadline.remaining)
            if not self._running.cancelling():
                self._running.cancel()
            await asyncio.wait({self._running})
            if not self._running.cancelled() and self._running.exception():
                log.warning("A statement left behind has failed: %s", self._running.exception())
        try:
            if self._open and not self._connection.closed:
                await _discard(self._connection)
        except (SQLAlchemyError, OSError) as error:
            log.warning("A connection left behind could not be closed: %s", error)

    def _check(self) -> None:
        if self._failed or self._running is not None:
            raise Unavailable("An earlier statement of this transaction has failed.")
        if not self.deadline.remaining:
            raise late(self.deadline)

    async def _settle(self, step: Awaitable[Answer]) -> Answer:
        # A caller that is cancelled has to know, when it goes on, what is kept.
        try:
            return await self._guard(step)
        except asyncio.CancelledError:
            if self._running is not None:
                await asyncio.wait({self._running}, timeout=self.deadline.remaining)
                if self._running.done():
                    self._failed = self._running.cancelled() or bool(self._running.exception())
                    self._running = None
            raise

    async def _guard(self, step: Awaitable[Answer]) -> Answer:
        self._running = task = asyncio.ensure_future(step)
        await asyncio.wait({task}, timeout=self.deadline.remaining)
        if not task.done():
            task.cancel()
            raise late(self.deadline)
        self._running = None
        try:
            return task.result()
        except (DBAPIError, OSError, UnfitServer) as error:
            self._failed = True
            # Such as a connection that did not come about.
            self.took_too_long = not self.deadline.remaining
            meaning = self._translate(error)
            if meaning is error:
                raise
            raise meaning from error

    async def _take(self, step: Step[Answer]) -> Answer:
        if self._open:
            return await step(self._connection)
        try:
            return await self._begin_with(step)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        # Nothing was committed on the connection that was dropped.
        await self._connection.close()
        self._connection, self._open = self._engine.connect(), False
        return await self._begin_with(step)

    async def _begin_with(self, step: Step[Answer]) -> Answer:
        await self._connection.start()
        self._open = True
        await self._manner.begin(self._connection)
        return await step(self._connection)

    async def _end(self, how: Step[Sources]) -> Sources:
        try:
            reached = await how(self._connection)
        except BaseException:
            await _discard(self._connection)
            raise
        await self._connection.close()
        return reached


def late(deadline: Deadline) -> Unavailable:
    """The error when a deadline has passed."""
    return Unavailable(f"The database was not done within {deadline.seconds:g} s.")


async def _discard(connection: AsyncConnection) -> None:
    await connection.invalidate()
    await connection.close()
