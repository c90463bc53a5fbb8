"""The database's copies of pieces, behind its gate."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from functools import partial

from satchel_attachments_database import Pieces, Unwritten, Written
from satchel_attachments_redundant.gate import Gate
from satchel_hookspecs import Place, Unavailable


class GatedRows:
    """Pieces as rows; while the gate is closed each step is ``Unavailable`` at once."""

    def __init__(self, rows: Pieces, gate: Gate) -> None:
        self._rows = rows
        self._gate = gate

    async def write(
        self, place: Place, piece: str, frames: AsyncIterator[tuple[int, bytes]]
    ) -> None:
        """Keep the frames of a new piece; on failure keep none."""
        await self._gate.let(partial(self._rows.write, place, piece, _from_elsewhere(frames)))

    async def read(
        self, place: Place, piece: str, first: int, stop: int
    ) -> AsyncGenerator[bytes, None]:
        """Yield frames, and end early where one is missing."""
        self._gate.check()
        async with aclosing(self._rows.read(place, piece, first, stop)) as frames:
            try:
                async for frame in frames:
                    yield frame
            except Unavailable as error:
                self._gate.close(error)
                raise

    async def drop(self, place: Place, piece: str) -> None:
        """Delete a piece, whether it is there or not."""
        await self._gate.let(partial(self._rows.drop, place, piece))

    async def look_at(self, place: Place, piece: str) -> Written | None:
        """How far a piece has come, ``None`` when there is nothing of it."""
        return await self._gate.let(partial(self._rows.look_at, place, piece))

    async def give_up(self, place: Place, piece: str, seen: Written) -> None:
        """Delete a piece that is as it was seen, and not one that has come further since."""
        await self._gate.let(partial(self._rows.give_up, place, piece, seen))

    async def list(self, place: Place) -> Sequence[tuple[str, float]]:
        """List the pieces at this place, each with its age in seconds."""
        return await self._gate.let(partial(self._rows.list, place))


async def _from_elsewhere(
    frames: AsyncIterator[tuple[int, bytes]],
) -> AsyncGenerator[tuple[int, bytes], None]:
    """The frames; that a disk or memcached is away must not be taken for the database's fault."""
    try:
        async for numbered in frames:
            yield numbered
    except Unavailable as error:
        raise Unwritten(str(error)) from error
