"""A turn: one caller's time with one connection, in steps that cannot hang the caller."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from satchel_database.deadline import Deadline
from satchel_hookspecs import Unavailable

Answer = TypeVar("Answer")
Step = Callable[[AsyncConnection], Awaitable[Answer]]
Translate = Callable[[DBAPIError], Exception]

log = logging.getLogger(__name__)


class Turn:
    """Every step runs in a task of its own; the caller leaves it behind when time is up.

    Cancelling does not free a caller: a driver may wait seconds for a server that is frozen, and a
    thread cannot be cancelled at all. So a step is never awaited, only waited for; what was left
    behind is brought to its end by ``recover``, and its connection is not used again. After a
    statement that failed there is nothing but ``rollback``.
    """

    def __init__(self, engine: AsyncEngine, deadline: Deadline, translate: Translate) -> None:
        self._connection = engine.connect()
        self._open = False
        self._deadline = deadline
        self._translate = translate
        self._failed = False
        self._running: asyncio.Task[Any] | None = None  # Any: each step has its own answer

    @property
    def left_behind(self) -> bool:
        """Whether a step did not come to its end in time."""
        return self._running is not None

    async def run(self, step: Step[Answer]) -> Answer:
        """Answer as the step does, or raise ``Unavailable`` when time is up."""
        if self._failed or self._running is not None:
            raise Unavailable("An earlier statement of this transaction has failed.")
        if not self._deadline.remaining:
            raise self._late()
        return await self._guard(step)

    async def commit(self) -> None:
        """End the transaction for good; a commit that fails leaves nothing behind."""
        if self._open:
            await self.run(partial(_end, AsyncConnection.commit))

    async def rollback(self) -> None:
        """End the transaction as if it had never been."""
        if self._open and not self._connection.closed:
            await self._guard(partial(_end, AsyncConnection.rollback))

    async def recover(self) -> None:
        """Wait for the step that was left behind, and close the connection under it."""
        if self._running is not None:
            await asyncio.wait({self._running}, timeout=self._deadline.remaining)
            if not self._running.cancelling():
                self._running.cancel()
            await asyncio.wait({self._running})
            if not self._running.cancelled() and self._running.exception():
                log.warning("A statement left behind has failed: %s", self._running.exception())
        try:
            if self._open and not self._connection.closed:
                await _discard(self._connection)
        except SQLAlchemyError as error:
            log.warning("A connection left behind could not be closed: %s", error)

    async def _guard(self, step: Step[Answer]) -> Answer:
        self._running = task = asyncio.create_task(self._take(step))
        await asyncio.wait({task}, timeout=self._deadline.remaining)
        if not task.done():
            task.cancel()
            raise self._late()
        self._running = None
        try:
            return task.result()
        except DBAPIError as error:
            self._failed = True
            meaning = self._translate(error)
            if meaning is error:
                raise
            raise meaning from error

    def _late(self) -> Unavailable:
        return Unavailable(f"The database was not done within {self._deadline.seconds:g} s.")

    async def _take(self, step: Step[Answer]) -> Answer:
        if not self._open:
            await self._connection.start()
            self._open = True
        return await step(self._connection)


async def _end(how: Step[None], connection: AsyncConnection) -> None:
    try:
        await how(connection)
    except BaseException:
        await _discard(connection)
        raise
    await connection.close()


async def _discard(connection: AsyncConnection) -> None:
    await connection.invalidate()
    await connection.close()
