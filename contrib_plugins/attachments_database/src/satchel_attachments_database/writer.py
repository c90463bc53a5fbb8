"""A piece on its way into the database."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

from sqlalchemy import Executable
from sqlalchemy.exc import IntegrityError

from satchel_attachments_database.errors import Unwritten
from satchel_attachments_database.place import checked, keys_of
from satchel_attachments_database.tables import PieceStatements
from satchel_database import Database
from satchel_hookspecs import Place, settled

BATCH = 4

Row = Mapping[str, object]
Step = tuple[Executable, Row | Sequence[Row]]


class PieceWriter:
    """Commits a batch of frames while the next one is being received."""

    def __init__(
        self,
        database: Database,
        statements: PieceStatements,
        place: Place,
        piece: str,
        grace: float,
    ) -> None:
        self.begun = False
        self._database, self._statements = database, statements
        self._this = {**keys_of(place), "of_piece": checked(piece)}
        row = {"owner": place.owner, "group_name": place.group, "piece": piece, "pause": grace}
        self._steps: list[Step] = [(statements.open, row)]
        self._committing: asyncio.Task[int] | None = None

    async def take(self, frames: AsyncIterator[tuple[int, bytes]]) -> None:
        """Write the frames, and declare the piece whole with the last of them."""
        count, batch = 0, list[Row]()
        try:
            async for number, data in frames:
                # The last ones wait for the end, so that this costs no transaction of its own.
                if len(batch) == BATCH:
                    await self._send((self._statements.add, batch))
                    batch = []
                batch.append({"piece": self._this["of_piece"], "number": number, "data": data})
                count += 1
            if batch:
                self._steps.append((self._statements.add, batch))
            await self._send((self._statements.finish, {**self._this, "frames": count}))
        finally:
            await settled(self._ended())
        if await self._committed() != 1:
            raise _swept()

    async def _send(self, step: Step) -> None:
        await self._committed()
        steps, self._steps = [*self._steps, step], []
        self._committing = asyncio.create_task(self._commit(steps))
        await asyncio.sleep(0)  # else it begins only when the next batch is full

    async def _committed(self) -> int:
        running = self._committing
        return 0 if running is None else await asyncio.shield(running)

    async def _ended(self) -> None:
        if self._committing is not None:
            await asyncio.wait({self._committing})
            self._committing.exception()

    async def _commit(self, steps: Sequence[Step]) -> int:
        try:
            touched = await self._run(steps)
        except IntegrityError as error:
            raise _swept() from error
        self.begun = True
        return touched

    async def _run(self, steps: Sequence[Step]) -> int:
        match steps:
            case [(statement, Sequence() as batch)]:
                await self._database.change_all(statement, batch)
                return len(batch)
        async with self._database.write(leaves_position=False) as connection:
            for statement, values in steps:
                done = await connection.execute(statement, values)
        return done.rowcount


def _swept() -> Unwritten:
    return Unwritten("Writing took so long that the bytes were swept meanwhile.")
