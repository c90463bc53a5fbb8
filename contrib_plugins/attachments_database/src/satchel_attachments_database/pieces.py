"""Pieces as rows: one for the piece, and one for each of its frames."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import NamedTuple

from satchel_attachments_database.place import checked, keys_of
from satchel_attachments_database.tables import HALF, PieceStatements
from satchel_attachments_database.writer import BATCH, PieceWriter
from satchel_database import Database, Row
from satchel_hookspecs import Place, StoreError, Unavailable, settled
from satchel_hookspecs.ahead import look_ahead

log = logging.getLogger(__name__)
PAUSES = 6


class Written(NamedTuple):
    """A piece as it was seen: when its writing began, its frames, and how long ago that was."""

    since: float
    frames: int
    age: float

    @property
    def is_half(self) -> bool:
        """Whether it was not written to its end, or not yet."""
        return self.frames == HALF


class Pieces:
    """Keeps immutable runs of frames, a few rows a transaction, none open across a body.

    A piece can be read when its last row is committed. What was left half written is due for a
    look after ``grace`` seconds.
    """

    def __init__(self, database: Database, grace: float) -> None:
        self._database = database
        self._statements = PieceStatements(database)
        self._grace = grace

    async def write(
        self, place: Place, piece: str, frames: AsyncIterator[tuple[int, bytes]]
    ) -> None:
        """Keep the frames of a new piece; on failure keep none.

        After ``Unavailable`` nobody knows what was kept, so it is left to the sweep.
        """
        writer = PieceWriter(self._database, self._statements, place, piece, self._grace)
        try:
            await writer.take(frames)
        except Unavailable:
            raise
        except BaseException:
            if writer.begun:
                await settled(self._undo(place, piece))
            raise

    async def read(
        self, place: Place, piece: str, first: int, stop: int
    ) -> AsyncGenerator[bytes, None]:
        """Yield the frames with indexes ``first`` to ``stop`` (not included), in order.

        End early where one is missing.
        """
        this = {**keys_of(place), "of_piece": checked(piece)}

        async def look(part: range) -> Sequence[Row]:
            asked = {**this, "first": part.start, "stop": part.stop}
            return (await self._database.look_up(self._statements.read, asked)).all()

        parts = [range(at, min(at + BATCH, stop)) for at in range(first, stop, BATCH)]
        async with aclosing(look_ahead(look, parts)) as batches:
            async for part, rows in batches:
                for expected, (number, data) in zip(part, rows, strict=False):
                    if number != expected:
                        return
                    yield data
                if len(rows) < len(part):
                    return

    async def drop(self, place: Place, piece: str) -> None:
        """Delete a piece, whether it is there or not."""
        this = {**keys_of(place), "of_piece": checked(piece)}
        await self._database.change(self._statements.drop, this)

    async def look_at(self, place: Place, piece: str) -> Written | None:
        """How far a piece has come, ``None`` when there is nothing of it."""
        this = {**keys_of(place), "of_piece": checked(piece)}
        row = (await self._database.look_up(self._statements.look_at, this)).one_or_none()
        return None if row is None else Written(*row)

    async def give_up(self, place: Place, piece: str, seen: Written) -> None:
        """Delete a piece that is as it was seen, and not one that has come further since."""
        this = {**keys_of(place), "of_piece": checked(piece)}
        same = {"as_written": seen.since, "as_frames": seen.frames}
        await self._database.change(self._statements.give_up, {**this, **same})

    async def list(self, place: Place) -> Sequence[tuple[str, float]]:
        """List the pieces at this place, whole or not, each with its age in seconds."""
        rows = await self._database.look_up(self._statements.list, keys_of(place))
        return [(name, age) for name, age in rows]

    async def due(self, most: int) -> Sequence[Place]:
        """The place of each of the ``most`` pieces that wait longest for a look."""
        rows = await self._database.look_up(self._statements.due, {"most": most})
        return [Place(*row) for row in rows]

    async def postpone(self, place: Place) -> None:
        """Say that the pieces of this place were looked at, and are needed."""
        later = {**keys_of(place), "pause": PAUSES * self._grace}
        await self._database.change(self._statements.postpone, later)

    async def _undo(self, place: Place, piece: str) -> None:
        try:
            await self.drop(place, piece)
        except StoreError as error:
            log.warning("A piece that was cut off is left to the sweep: %s", error)
