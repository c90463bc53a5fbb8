"""A memcached host as a further cell of a register that the database has the first cell of."""

from collections.abc import Awaitable, Sequence

from satchel_memcache import HostCell, Seen
from satchel_memcache.line import Line


class MirrorCell:
    """A host's cell, under the name that memcached knows the key by."""

    def __init__(self, cell: HostCell, key: str, all_cells: Sequence[HostCell]) -> None:
        self.name = cell.name
        self._cell = cell
        self._key = key
        self._all = all_cells

    @property
    def limit(self) -> int | None:
        return self._cell.limit

    def look(self, key: str) -> Awaitable[Seen]:
        return self._cell.look(self._key)

    async def add(self, key: str, raw: bytes, keep: float) -> bool:
        return await self._cell.add(self._key, raw, keep)

    async def cas(self, key: str, raw: bytes, token: object, keep: float) -> bool:
        return await self._cell.cas(self._key, raw, token, keep)

    async def recalls(self) -> bool:
        """Whether both hosts have forgotten nothing since before any value was written.

        The database may know of more than one host does, so one alone proves no absence.
        """
        for cell in self._all:
            if not await cell.recalls():
                return False
            if int((await cell.host.run(Line.ask_statistics))[b"evictions"]):
                return False
        return True

    def distrust(self) -> None:
        self._cell.distrust()
