"""How a transaction begins and ends on one kind of database."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

Sources = Mapping[str, int]
"""How far each source of writes has come, as the user's position counts it."""


async def nothing(_connection: AsyncConnection) -> Sources:
    """No word is sent to the database."""
    return {}


@dataclass(frozen=True, slots=True)
class Manner:
    """What is sent before the first statement and after the last.

    ``commit`` answers how far the writes have come.
    """

    begin: Callable[[AsyncConnection], Awaitable[Sources]] = nothing
    commit: Callable[[AsyncConnection], Awaitable[Sources]] = nothing
    rollback: Callable[[AsyncConnection], Awaitable[Sources]] = nothing


def saying(text: str) -> Callable[[AsyncConnection], Awaitable[Sources]]:
    """Send these words."""

    async def say(connection: AsyncConnection) -> Sources:
        await connection.exec_driver_sql(text)
        return {}

    return say
