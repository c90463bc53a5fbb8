"""What a caller holds inside of a transaction."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection as SyncConnection
from sqlalchemy import CursorResult, Executable

from satchel_database.turn import Answer, Step

Row = Mapping[str, object]


Result = CursorResult[*tuple[Any, ...]]  # Any: a row is whatever the statement selects


class Runs(Protocol):
    """Whoever runs the steps of a transaction."""

    async def run(self, step: Step[Answer]) -> Answer: ...


class Connection:
    """Runs statements in one transaction, each within the deadline of the whole."""

    def __init__(self, turn: Runs) -> None:
        self._turn = turn

    async def execute(
        self, statement: Executable, parameters: Row | Sequence[Row] | None = None
    ) -> Result:
        """Run a statement and return its whole result; a sequence runs it once for each."""
        return await self._turn.run(lambda connection: connection.execute(statement, parameters))

    async def run(self, function: Callable[[SyncConnection], Answer]) -> Answer:
        """Call ``function`` with the connection as synchronous code sees it."""
        return await self._turn.run(lambda connection: connection.run_sync(function))
