"""The copies of a piece: any that is right is served, and what is not is put right."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import Protocol

from satchel_attachments_database import Unwritten, Written
from satchel_attachments_redundant.files import Files
from satchel_attachments_redundant.gated_rows import GatedRows
from satchel_hookspecs import ChecksumMismatch, Place, StoreError, Unavailable
from satchel_hookspecs.blocks import prove_frame
from satchel_hookspecs.group import Piece

Frames = AsyncGenerator[bytes, None]
Numbered = AsyncGenerator[tuple[int, bytes], None]
HALF_TIME = 10.0
"""Seconds that whoever began to write a piece is left to end it."""


class Copy(Protocol):
    """One medium that keeps pieces."""

    async def write(
        self, place: Place, piece: str, frames: AsyncIterator[tuple[int, bytes]]
    ) -> None: ...

    def read(self, place: Place, piece: str, first: int, stop: int) -> Frames: ...

    async def drop(self, place: Place, piece: str) -> None: ...


class Copies:
    """Pieces on the local disk, in the database, and in memcached in the database's place.

    ``damaged`` are those of which a copy was missing or wrong when it was asked for.
    """

    def __init__(self, files: Files, rows: GatedRows, standby: Copy) -> None:
        self.damaged: set[tuple[Place, str]] = set()
        self._files = files
        self._rows = rows
        self._standby = standby

    async def read(self, place: Place, piece: str, first: int, stop: int) -> Frames:
        """Yield frames that are right, whichever copy has them; go on with another in the middle.

        ``ChecksumMismatch`` when no copy has one, ``Unavailable`` when one that may have it
        cannot be asked.
        """
        everywhere = self._files, self._rows, self._standby
        async with aclosing(_joined(everywhere, place, piece, first, stop)) as frames:
            async for copy, frame in frames:
                if copy is not self._files:
                    self.damaged.add((place, piece))
                yield frame

    def local(self, place: Place, piece: str, first: int, stop: int) -> Numbered:
        """The frames of the local copy with their indexes, each verified."""
        return _numbered([self._files], place, piece, first, stop)

    async def secure(self, place: Place, piece: Piece) -> None:
        """Bring a piece into the database if it is not whole there, and out of memcached.

        Another node may do the same at the same time: neither harms what the other has done.
        """
        seen = await self._rows.look_at(place, piece.name)
        if not await _is_whole(self._rows, place, piece):
            await self._bring_in(place, piece, seen)
        await self._standby.drop(place, piece.name)

    async def _bring_in(self, place: Place, piece: Piece, seen: Written | None) -> None:
        try:
            if seen is not None:
                await self._give_up(place, piece, seen)
            async with aclosing(self._elsewhere(place, piece)) as frames:
                await self._rows.write(place, piece.name, frames)
        except ChecksumMismatch:
            if not await _is_whole(self._rows, place, piece):
                raise  # else another node was faster, and memcached has forgotten it for that
        if not await _is_whole(self._rows, place, piece):
            raise Unwritten(f"Piece {piece.name} was written by two nodes at once.")

    async def _give_up(self, place: Place, piece: Piece, seen: Written) -> None:
        if seen.is_half and seen.age < HALF_TIME:
            raise Unwritten(f"Piece {piece.name} may be on its way from another node.")
        async with aclosing(self._elsewhere(place, piece)) as frames:
            async for _ in frames:
                pass  # before what is left in the database is given up
        await self._rows.give_up(place, piece.name, seen)

    def _elsewhere(self, place: Place, piece: Piece) -> Numbered:
        sources = self._files, self._standby
        return _numbered(sources, place, piece.name, piece.first, piece.stop)

    async def mend(self, place: Place, piece: Piece) -> None:
        """Make the local copy and the database's whole, from whatever is right."""
        if not await _is_whole(self._files, place, piece):
            everywhere = self._files, self._rows, self._standby
            frames = _numbered(everywhere, place, piece.name, piece.first, piece.stop)
            await self._files.replace(place, piece.name, frames)
        await self.secure(place, piece)
        self.damaged.discard((place, piece.name))

    async def look_after(self, place: Place, piece: Piece) -> None:
        """Mend what is kept here; of what other nodes keep on their disks, the database's copy."""
        if await self._files.has(place, piece.name):
            await self.mend(place, piece)
        else:
            await self.secure(place, piece)


async def _numbered(
    copies: Sequence[Copy], place: Place, piece: str, first: int, stop: int
) -> Numbered:
    at = first
    async with aclosing(_joined(copies, place, piece, first, stop)) as frames:
        async for _, frame in frames:
            yield at, frame
            at += 1


async def _joined(
    copies: Sequence[Copy], place: Place, piece: str, first: int, stop: int
) -> AsyncGenerator[tuple[Copy, bytes], None]:
    """Each frame from the first copy that has it right."""
    at, failure = first, ChecksumMismatch(f"Piece {piece} is missing.")
    while at < stop:
        began, failures = at, list[StoreError]()
        for copy in copies:
            try:
                async with aclosing(copy.read(place, piece, at, stop)) as frames:
                    async for frame in frames:
                        yield copy, prove_frame(piece, at, frame)
                        at += 1
            except StoreError as error:
                failures.append(error)
            if at == stop:
                return
        if at == began:
            raise next((one for one in failures if isinstance(one, Unavailable)), failure)


async def _is_whole(copy: Copy, place: Place, piece: Piece) -> bool:
    try:
        async for _ in _numbered([copy], place, piece.name, piece.first, piece.stop):
            pass
    except ChecksumMismatch:
        return False
    return True
