"""Rows under an owner and a key: made where there are none, changed where there are."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Insert, Select, Update, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.schema import Table

from satchel_database import Connection, Overtaken
from satchel_hookspecs import Rejected, Unavailable

ATTEMPTS = 5

Answer = TypeVar("Answer")
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Put:
    """The statements that it takes: ``known`` selects the keys that are there.

    No database's own way of doing this in one statement is used; a row that another transaction
    makes meanwhile is an ``IntegrityError``, which ``again`` answers.
    """

    known: Select[str]
    add: Insert
    change: Update

    async def find(self, connection: Connection, owner: str, keys: Sequence[str]) -> frozenset[str]:
        """Which of the keys have a row."""
        if not keys:
            return frozenset()
        found = await connection.execute(self.known, {"of_owner": owner, "keys": keys})
        return frozenset(found.scalars())

    async def run(self, connection: Connection, owner: str, rows: Mapping[str, Row]) -> None:
        """Make these the rows of their keys."""
        known = await self.find(connection, owner, list(rows))
        added = [{"owner": owner, **rows[key]} for key in rows if key not in known]
        changed = [{"of_owner": owner, "of_key": key, **rows[key]} for key in rows if key in known]
        if added:
            await connection.execute(self.add, added)
        if changed:
            await connection.execute(self.change, changed)


async def again(step: Callable[[], Awaitable[Answer]]) -> Answer:
    """Run a transaction, anew when another one has made or changed the same rows first."""
    for _ in range(ATTEMPTS - 1):
        try:
            return await step()
        except (IntegrityError, Overtaken):
            continue
    try:
        return await step()
    except (IntegrityError, Overtaken) as error:
        raise Unavailable("Too many changes to the same thing at a time.") from error


async def check_room(connection: Connection, table: Table, owner: str, most: int) -> None:
    """Refuse the transaction when the owner has more than ``most`` rows."""
    counted = select(func.count()).select_from(table).where(table.c.owner == owner)
    if (await connection.execute(counted)).scalar_one() > most:
        raise Rejected(f"There may be at most {most} of them: delete some first.")
