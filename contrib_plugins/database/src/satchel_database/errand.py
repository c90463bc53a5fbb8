"""An errand: one statement alone, which cannot hang the caller."""

import asyncio
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

from satchel_database.alarms import Alarms
from satchel_database.deadline import Deadline
from satchel_database.detached import Detached, Work
from satchel_database.errors import UnfitServer
from satchel_database.places import full
from satchel_database.rows import Rows
from satchel_database.turn import Translate, late


class Errand:
    """Like a turn of one step, and for the same reasons, but without its costs.

    It begins when it is called, by whoever has a place for it, and calls ``ended`` when the
    statement has come to its end, which may be long after the caller has left.
    """

    def __init__(
        self, deadline: Deadline, translate: Translate, work: Work[Rows], ended: Callable[[], None]
    ) -> None:
        self.deadline = deadline
        self._translate = translate
        self._running = Detached(work, ended)
        self.begin = self._running.begin

    @property
    def left_behind(self) -> bool:
        """Whether the statement did not come to its end in time."""
        return self._running.is_running

    @property
    def was_late(self) -> bool:
        """Whether the statement had to be stopped."""
        return self._running.was_stopped

    async def answer(self, alarms: Alarms) -> Rows:
        """Answer as the statement does, or raise ``Unavailable`` when time is up."""
        running = self._running
        alarms.set(running.answer, self.deadline)
        try:
            return await running.answer
        except asyncio.CancelledError:
            # A caller that is cancelled has to know, when it goes on, what is kept.
            await running.end(self.deadline.remaining)
            raise
        except (DBAPIError, OSError, UnfitServer) as error:
            if not running.has_begun:
                raise full(self.deadline) from None
            if running.is_running:
                running.stop()
                raise late(self.deadline) from None
            meaning = self._translate(error)
            if meaning is error:
                raise
            raise meaning from error
        finally:
            alarms.clear(running.answer)

    async def recover(self) -> None:
        """Wait for what was left behind."""
        await self._running.end(self.deadline.remaining)
        self._running.stop()
        await self._running.end()
