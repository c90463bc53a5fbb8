"""An errand: one statement alone, which cannot hang the caller."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from sqlalchemy.exc import DBAPIError

from satchel_database.alarms import Alarms
from satchel_database.deadline import Deadline
from satchel_database.detached import Detached
from satchel_database.errors import UnfitServer
from satchel_database.rows import Rows
from satchel_database.turn import Translate, late


class Errand:
    """Like a turn of one step, and for the same reasons, but without its costs."""

    def __init__(self, deadline: Deadline, translate: Translate, alarms: Alarms) -> None:
        self.deadline = deadline
        self._alarms = alarms
        self._translate = translate
        self._running: Detached[Rows] | None = None

    @property
    def left_behind(self) -> bool:
        """Whether the statement did not come to its end in time."""
        return self._running is not None and self._running.is_running

    async def run(self, work: Coroutine[Any, None, Rows]) -> Rows:
        """Answer as ``work`` does, or raise ``Unavailable`` when time is up."""
        self._running = running = Detached(work)
        self._alarms.set(running.answer, self.deadline)
        try:
            return await running.answer
        except asyncio.CancelledError:
            # A caller that is cancelled has to know, when it goes on, what is kept.
            await running.end(self.deadline.remaining)
            raise
        except (DBAPIError, OSError, UnfitServer) as error:
            if running.is_running:
                running.stop()
                raise late(self.deadline) from None
            meaning = self._translate(error)
            if meaning is error:
                raise
            raise meaning from error
        finally:
            self._alarms.clear(running.answer)

    async def recover(self) -> None:
        """Wait for what was left behind."""
        if self._running is not None:
            await self._running.end(self.deadline.remaining)
            self._running.stop()
            await self._running.end()
