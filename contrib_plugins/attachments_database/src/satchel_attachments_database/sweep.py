"""The sweep over tables: looks at what an index says is due, not at every compose."""

import logging
from collections.abc import Awaitable, Callable, Sequence

from satchel_attachments_database.documents import Documents
from satchel_attachments_database.pieces import Pieces
from satchel_hookspecs import ChecksumMismatch, GcReport, Place, Ref
from satchel_hookspecs.group import Entry

log = logging.getLogger(__name__)

End = Callable[[Place], Awaitable[Sequence[Entry]]]
DropStrays = Callable[[Place], Awaitable[int]]


class Sweep:
    """Ends what expired with ``end``, and lets ``drop_strays`` go through what waits for a look."""

    def __init__(
        self, documents: Documents, pieces: Pieces, end: End, drop_strays: DropStrays
    ) -> None:
        self._documents = documents
        self._pieces = pieces
        self._end = end
        self._drop_strays = drop_strays

    async def run(self, limit: int) -> GcReport:
        """Sweep until about ``limit`` are gone."""
        refs = list[Ref]()
        expired = await self._documents.expired(limit)
        for place in expired:
            if len(refs) >= limit:
                break
            entries = await self._end_or_drop(place)
            refs += [Ref(place.owner, place.group, entry.id) for entry in entries]
        left = limit - len(refs)
        due = await self._pieces.due(left) if left > 0 else ()
        strays = sum([await self._look_through(place) for place in dict.fromkeys(due)])
        more = len(expired) == limit or len(due) >= left
        return GcReport(len(refs) + strays, more, tuple(refs))

    async def _end_or_drop(self, place: Place) -> Sequence[Entry]:
        try:
            return await self._end(place)
        except ChecksumMismatch:
            # Left where it is, it would be the first that every sweep meets.
            log.warning("A damaged list of attachments is over its time and deleted: %s.", place)
            await self._documents.drop_expired(place)
            return ()

    async def _look_through(self, place: Place) -> int:
        try:
            dropped = await self._drop_strays(place)
        except ChecksumMismatch:
            log.warning("A damaged list of attachments keeps its pieces: %s.", place)
            dropped = 0
        await self._pieces.postpone(place)
        return dropped
