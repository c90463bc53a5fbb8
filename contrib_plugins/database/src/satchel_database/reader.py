"""The reader: a replica that answers if it has come as far as the user, at once or not at all."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from satchel_database.deadline import Deadline
from satchel_database.family import Replicated
from satchel_database.lane import Lane
from satchel_database.turn import Answer, Step, Turn
from satchel_hookspecs import StoreError, Unavailable

PATIENCE = 0.25
SHARE = 0.5
SEEN = "satchel_reach"
log = logging.getLogger(__name__)


class Reader:
    """Asks the replica first, and the writer for all that it does not answer.

    The replica has ``PATIENCE`` seconds to begin and half of the caller's time for the first
    statement; then the writer is asked instead.
    """

    def __init__(self, family: Replicated, replica: Lane, writer: Lane) -> None:
        self._family = family
        self._replica = replica
        self._writer = writer

    @asynccontextmanager
    async def look(self, asked: Mapping[str, int], seconds: float) -> AsyncIterator["ReaderFirst"]:
        """A look by the replica if it covers ``asked``, else by the writer."""
        deadline = Deadline(seconds)
        async with AsyncExitStack() as stack:
            turn = await self.begin(stack, asked)
            first = ReaderFirst(stack, self._family, self._writer, deadline, turn)
            yield first

    async def begin(self, stack: AsyncExitStack, asked: Mapping[str, int]) -> Turn | None:
        """A turn of the replica that has begun, or ``None`` when it is not up to it."""
        async with AsyncExitStack() as trial:
            try:
                turn = await trial.enter_async_context(
                    self._replica.look(self._family.replica, PATIENCE)
                )
                if not await turn.run(lambda connection: self._covers(connection, asked)):
                    return None
            except StoreError as error:
                log.info("The reader is passed over: %s", error)
                return None
            stack.push_async_exit(trial.pop_all())
            return turn

    async def complaint(self) -> str:
        """Why it could not answer now even if nothing were asked of it, or nothing."""
        async with AsyncExitStack() as stack:
            if await self.begin(stack, {}) is not None:
                return ""
        return "The reader does not answer, or follows another history than the writer."

    async def _covers(self, connection: AsyncConnection, asked: Mapping[str, int]) -> bool:
        # What a connection has seen replayed stays so: a server that goes back has been restarted.
        info = connection.sync_connection.info if connection.sync_connection else {}
        writer = self._family.reached
        seen = info.get(SEEN)
        if seen is None or not seen.covers(asked, writer):
            info[SEEN] = seen = await self._family.reach(connection)
        if not seen.covers(asked, writer):
            return False
        await self._family.looking.begin(connection)
        return True


class ReaderFirst:
    """Runs the steps of a look; the first one moves to the writer when the replica fails it."""

    def __init__(
        self,
        stack: AsyncExitStack,
        family: Replicated,
        writer: Lane,
        deadline: Deadline,
        turn: Turn | None,
    ) -> None:
        self._stack = stack
        self._family = family
        self._writer = writer
        self._deadline = deadline
        self._turn = turn
        self._first = True

    async def run(self, step: Step[Answer]) -> Answer:
        """Answer as the step does."""
        first, self._first = self._first, False
        if self._turn is not None and first:
            self._turn.deadline = Deadline(self._deadline.remaining * SHARE)
            try:
                answer = await self._turn.run(step)
            except Unavailable as error:
                log.info("The reader is passed over: %s", error)
                self._turn = None
            else:
                self._turn.deadline = self._deadline
                return answer
        if self._turn is None:
            self._turn = await self._stack.enter_async_context(
                self._writer.look(self._family.looking, self._deadline.remaining)
            )
        return await self._turn.run(step)
