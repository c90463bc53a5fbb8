"""The recovery: what a medium has missed is brought to it, off the path of any request."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from satchel_attachments_redundant.backlog import Backlog, Due, Run
from satchel_attachments_redundant.journal import Journal
from satchel_attachments_redundant.ledger import Ledger
from satchel_attachments_redundant.media import Media
from satchel_attachments_redundant.refill import Refill
from satchel_hookspecs import ChecksumMismatch, Place, StoreError, Unavailable
from satchel_hookspecs.group import Group, Piece

PAUSE = 1.0
ROUNDS = 10
"""How often what was changed meanwhile is waited for; what comes later is brought in next time."""
PROBE = Place("probe", "probe")
log = logging.getLogger(__name__)


class Recovery:
    """Replays the journal, opens the gate, mends copies, and fills hosts that began empty."""

    def __init__(self, media: Media, journal: Journal, run: Run) -> None:
        self._media = media
        self._backlog = Backlog(journal, run)
        self._refill = Refill(media)
        self._turn = asyncio.Lock()

    async def keep_up(self) -> None:
        """Go on for ever, whatever fails."""
        while True:
            try:
                await self.once()
                await self._refill.once()
            except StoreError as error:
                log.info("Not all copies can be made whole yet: %s", error)
            except Exception:
                log.exception("Copies could not be made whole.")
            await asyncio.sleep(PAUSE)

    async def once(self) -> None:
        """Do all that can be done now; ``Unavailable`` when the database is away."""
        async with self._turn:
            await self._release()
            gate, due = self._media.gate, await self._backlog.read()
            try:
                await self._media.documents.load(PROBE)
            except Unavailable as error:
                gate.close(error)
                raise
            if due or gate.reason is not None:
                await self._catch_up(due)
            await self._mend()

    async def _catch_up(self, due: Sequence[Due]) -> None:
        """Let the database know every list, before anybody may ask it; then every piece."""
        due = await self._bring_in_all(due)
        if self._media.gate.reason is not None:
            log.info("The database is back.")
            self._refill.is_due = True
            self._media.gate.open()
        for one in due:
            await self._try(one.place, self._finish(one))

    async def _bring_in_all(self, due: Sequence[Due]) -> Sequence[Due]:
        """Bring in these lists, and what is changed meanwhile; return what was brought in."""
        brought, known = due, set[Path]()
        for _ in range(ROUNDS):
            fresh = [one for one in due if not known.issuperset(one.paths)]
            if not fresh:
                break
            for one in fresh:
                await self._bring_in(one)
                known.update(one.paths)
            brought, due = due, await self._backlog.read()
        return brought

    async def _bring_in(self, due: Due) -> None:
        if due.ledger is None or due.ledger.group.expires <= self._media.clock():
            return
        try:
            await self._media.mirror.bring_in(due.place, due.ledger)
        except Unavailable:
            raise  # before its record is taken for done with
        except StoreError as error:
            log.warning("The list of %s cannot be brought to the database: %s", due.place, error)

    async def _try(self, place: Place, care: Awaitable[object]) -> bool:
        """Await ``care``; only a database that is away keeps the others from their turn.

        False when it has to be tried again.
        """
        try:
            await care
        except ChecksumMismatch as error:
            log.warning("An attachment of %s is lost in part: %s", place, error)
        except StoreError as error:
            if self._media.gate.reason is not None:
                raise
            log.warning("An attachment of %s cannot be made whole: %s", place, error)
            return False
        return True

    async def _finish(self, due: Due) -> None:
        """Let the database have every piece of a place, and none that was dropped."""
        media, group = self._media, await self.group_at(due.place)
        if group is not None:
            await media.owners.add(due.place, group.expires)
        for piece in due.dropped - (group.pieces if group is not None else frozenset()):
            await media.rows.drop(due.place, piece)
        if await self._each(due.place, group, media.copies.secure):
            await self._backlog.forget(due)

    async def complete(self, place: Place) -> None:
        """Bring into the database the pieces of which it has nothing."""
        await self._try(place, self._complete(place))

    async def _complete(self, place: Place) -> None:
        group = await self.group_at(place)
        known = {name for name, _ in await self._media.rows.list(place)}
        if group is not None and group.pieces - known:
            await self._each(place, group, self._media.copies.secure)

    async def look_after(self, place: Place) -> None:
        """Read every copy of the place's pieces, and make whole what is not."""
        await self._try(place, self._look_after(place))

    async def _look_after(self, place: Place) -> None:
        group = await self.group_at(place)
        await self._each(place, group, self._media.copies.look_after)

    async def group_at(self, place: Place) -> Group | None:
        """The place's document, if there is one that counts."""
        value = await self._media.mirror.read(place)
        return None if value is None else Ledger.from_bytes(value.body).group

    async def _each(
        self, place: Place, group: Group | None, care: Callable[[Place, Piece], Awaitable[None]]
    ) -> bool:
        """Care for each piece, whatever becomes of the others; false when one lacks something."""
        entries = group.entries if group is not None else ()
        pieces = [piece for entry in entries for piece in entry.pieces]
        return all([await self._try(place, care(place, piece)) for piece in pieces])

    async def _mend(self) -> None:
        """Make whole what was found damaged, or behind, while it was read."""
        copies = self._media.copies
        for place in list(self._media.mirror.behind):
            await self._try(place, self._secure(place))
        for place, name in list(copies.damaged):
            await self._try(place, self._mend_one(place, name))
            copies.damaged.discard((place, name))

    async def _release(self) -> None:
        """Let hosts that are back forget what nobody needs; the database is not asked for it."""
        if any(host.trouble for host in self._media.memcache.hosts):
            return
        for place, piece in list(self._media.standby.leftover):
            await self._media.standby.drop(place, piece)

    async def _mend_one(self, place: Place, name: str) -> None:
        group = await self.group_at(place)
        entries = group.entries if group is not None else ()
        for piece in [one for entry in entries for one in entry.pieces if one.name == name]:
            await self._media.copies.mend(place, piece)

    async def _secure(self, place: Place) -> None:
        if await self._each(place, await self.group_at(place), self._media.copies.secure):
            self._media.mirror.behind.discard(place)
