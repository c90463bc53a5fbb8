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


class Errand(Detached[Rows]):
    """Like a turn of one step, and for the same reasons, but without its costs.

    It begins when it is called, by whoever has a place for it, and calls ``ended`` when the
    statement has come to its end, which may be long after the caller has left.
    """

    __slots__ = ("_translate", "deadline")

    def __init__(
        self,
        deadline: Deadline,
        translate: Translate,
        work: Work[Rows],
        ended: Callable[[Detached[Rows]], object],
    ) -> None:
        super().__init__(work, ended)
        self.deadline = deadline
        self._translate = translate

    @property
    def took_too_long(self) -> bool:
        """Whether it failed with all of its time, such as a connection that did not come about."""
        return self.has_failed and not self.deadline.remaining

    async def wait(self, alarms: Alarms) -> Rows:
        """Answer as the statement does, or raise ``Unavailable`` when time is up."""
        alarms.set(self, self.deadline)
        try:
            return await self
        except asyncio.CancelledError:
            # A caller that is cancelled has to know, when it goes on, what is kept.
            await self.end(self.deadline.remaining)
            raise
        except (DBAPIError, OSError, UnfitServer) as error:
            if not self.has_begun:
                raise full(self.deadline) from None
            if self.is_running:
                self.stop()
                raise late(self.deadline) from None
            meaning = self._translate(error)
            if meaning is error:
                raise
            raise meaning from error
        finally:
            alarms.clear(self)

    async def recover(self) -> None:
        """Wait for what was left behind."""
        await self.end(self.deadline.remaining)
        self.stop()
        await self.end()
