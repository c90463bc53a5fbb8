"""The refill: lists come back into a memcached host that began empty or missed some."""

import logging

from satchel_attachments_redundant.media import Media
from satchel_hookspecs import StoreError, Unavailable
from satchel_memcache import Host, Seen, Token

BEGUN, FILLED = b"0", b"1"
log = logging.getLogger(__name__)


class Refill:
    """Knows by a mark in each host whether all lists were brought there since it was last empty.

    ``is_due`` when something else may have missed some, such as a database that was away.
    """

    def __init__(self, media: Media) -> None:
        self._media = media
        self._mark = media.memcache.host_key("has-all-lists")
        self._missed = 0
        self.is_due = False

    async def once(self) -> None:
        """Read every list, so that each host has it, if one may lack some and all answer."""
        hosts, missed = self._media.memcache.hosts, self._media.mirror.counters.alone
        marks = [await host.look(self._mark) for host in hosts]
        is_marked = all(mark.raw == FILLED for mark in marks)
        if is_marked and missed == self._missed and not self.is_due:
            return
        begun = [await self._begin(host) for host in hosts]
        await self._read_all()
        for host, mark in zip(hosts, begun, strict=True):
            # One that was emptied meanwhile has lost its mark, and gets none.
            if mark.raw != FILLED and isinstance(mark.token, Token):
                await host.cas(self._mark, FILLED, mark.token, 0)
        self._missed, self.is_due = missed, False

    async def _begin(self, host: Host) -> Seen:
        await host.add(self._mark, BEGUN, 0)
        return await host.look(self._mark)

    async def _read_all(self) -> None:
        async for place in self._media.documents.places(None):
            try:
                await self._media.mirror.read(place)
            except Unavailable:
                raise
            except StoreError as error:
                log.warning("The list of %s cannot be brought to memcached: %s", place, error)
