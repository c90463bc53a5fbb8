"""A lane: the connections of one kind, and the callers that wait for them in order."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import Executable, literal_column, select
from sqlalchemy.ext.asyncio import AsyncEngine

from satchel_database.alarms import Alarms
from satchel_database.breaker import Breaker
from satchel_database.deadline import Deadline
from satchel_database.detached import Detached
from satchel_database.errand import Errand
from satchel_database.idle import pool_of
from satchel_database.manner import Manner
from satchel_database.places import Places
from satchel_database.prepared import Values
from satchel_database.rows import Rows
from satchel_database.shortcut import Shortcut, Shortcuts
from satchel_database.turn import Translate, Turn
from satchel_hookspecs import StoreError, current_position

PROBE_SECONDS = 1.0
PING: Executable = select(literal_column("1"))
log = logging.getLogger(__name__)


class Lane:
    """First come, first served: a pool alone serves some callers a hundred times before others.

    A place is given back only when its connection is idle or closed, so that a database that hangs
    never has more than ``places`` connections waiting for it.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        places: int,
        translate: Translate,
        shortcut: Shortcut,
        hangs: int = 3,
    ) -> None:
        self._engine = engine
        self._shortcuts = Shortcuts(engine, shortcut)
        self._places = Places(places)
        self._alarms = Alarms()
        self._translate = translate
        self._recoveries: set[asyncio.Task[None]] = set()
        self.breaker = Breaker(hangs, self._probe)

    @asynccontextmanager
    async def transaction(self, manner: Manner, seconds: float) -> AsyncIterator[Turn]:
        """A transaction that is committed when the block ends well, else rolled back.

        The position of the user learns how far it has come.
        """
        async with self._place(Deadline(seconds), manner) as turn:
            try:
                yield turn
                current_position().merge(await turn.commit())
            except BaseException:
                await self._roll_back(turn)
                raise

    @asynccontextmanager
    async def look(self, manner: Manner, seconds: float) -> AsyncIterator[Turn]:
        """A transaction that changes nothing."""
        async with self._place(Deadline(seconds), manner) as turn:
            try:
                yield turn
            finally:
                await self._roll_back(turn)

    async def run_alone(self, seconds: float, statement: Executable, *rows: Values) -> Rows:
        """Run one statement that is a transaction by itself, or for each of these rows in one."""
        self.breaker.check()
        work = self._shortcuts.run(statement, *rows)
        errand = Errand(Deadline(seconds), self._translate, work, self._ended)
        self._places.ask(errand.begin)
        try:
            return await errand.wait(self._alarms)
        finally:
            if errand.is_running:
                self._leave(errand)

    async def close(self, seconds: float) -> None:
        """Close all connections; what hangs is cut after ``seconds``."""
        await self.breaker.close()
        if self._recoveries:
            await asyncio.wait(self._recoveries, timeout=seconds)
        await pool_of(self._engine).close(seconds)

    @asynccontextmanager
    async def _place(self, deadline: Deadline, manner: Manner) -> AsyncIterator[Turn]:
        self.breaker.check()
        await self._places.take(deadline)
        turn = Turn(self._engine, deadline, self._translate, manner)
        try:
            yield turn
        finally:
            self._give_back(turn)

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
        if turn.left_behind:
            self._leave(turn).add_done_callback(lambda _: self._places.give_back())
        else:
            self._note(turn.took_too_long)
            self._places.give_back()

    def _ended(self, errand: Detached[Rows]) -> None:
        assert isinstance(errand, Errand)
        if errand.has_begun and not errand.was_stopped:
            self._note(errand.took_too_long)
        self._places.give_back()

    def _note(self, took_too_long: bool) -> None:
        if took_too_long:
            self.breaker.hung()
        else:
            self.breaker.answered()

    def _leave(self, late: Turn | Errand) -> asyncio.Task[None]:
        if not late.deadline.remaining:
            self.breaker.hung()
        recovery = asyncio.create_task(late.recover())
        self._recoveries.add(recovery)
        recovery.add_done_callback(self._recoveries.discard)
        return recovery

    async def _probe(self) -> None:
        work = self._shortcuts.run(PING, {})
        errand = Errand(Deadline(PROBE_SECONDS), self._translate, work, lambda _: None)
        errand.begin()
        try:
            await errand.wait(self._alarms)
        finally:
            if errand.is_running:
                await errand.recover()
