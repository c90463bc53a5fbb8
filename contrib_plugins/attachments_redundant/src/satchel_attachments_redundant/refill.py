"""The refill: lists come back into a memcached host that began empty or missed some."""

import asyncio
import logging

from satchel_attachments_redundant.media import Media
from satchel_hookspecs import StoreError, Unavailable

log = logging.getLogger(__name__)


class Refill:
    """Knows by a mark in each host whether all lists were brought there since it began.

    ``is_due`` when something else may have missed some, such as a database that was away.
    """

    def __init__(self, media: Media) -> None:
        self._media = media
        self._mark = media.memcache.key("attachments", "filled")
        self._missed = 0
        self.is_due = False

    async def once(self) -> None:
        """Read every list, so that each host has it, if one may lack some and all answer."""
        hosts, missed = self._media.memcache.hosts, self._media.mirror.counters.alone
        marks = await asyncio.gather(*(host.look(self._mark) for host in hosts))
        is_marked = all(mark.raw is not None for mark in marks)
        if is_marked and missed == self._missed and not self.is_due:
            return
        await self._read_all()
        await asyncio.gather(*(host.add(self._mark, b"1", 0) for host in hosts))
        self._missed, self.is_due = missed, False

    async def _read_all(self) -> None:
        async for place in self._media.documents.places(None):
            try:
                await self._media.mirror.read(place)
            except Unavailable:
                raise
            except StoreError as error:
                log.warning("The list of %s cannot be brought to memcached: %s", place, error)
