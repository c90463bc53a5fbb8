"""The database as the first cell of a register: one row a place."""

from functools import partial

from satchel_attachments_database import Documents
from satchel_attachments_redundant.gate import Gate
from satchel_hookspecs import Place
from satchel_memcache import Seen


class DatabaseCell:
    """One place's row, for one call.

    ``reached`` tells whether the last step on it was taken, ``written`` whether one changed it.
    """

    name = "database"
    limit = None

    def __init__(self, documents: Documents, place: Place, gate: Gate) -> None:
        self.reached = self.written = False
        self._documents = documents
        self._place = place
        self._gate = gate

    async def look(self, key: str) -> Seen:
        self.reached = False
        raw, version = await self._gate.let(partial(self._documents.load, self._place))
        self.reached = True
        return Seen(raw, version)

    async def add(self, key: str, raw: bytes, keep: float) -> bool:
        return await self._store(raw, None, keep)

    async def cas(self, key: str, raw: bytes, token: object, keep: float) -> bool:
        assert isinstance(token, str)
        return await self._store(raw, token, keep)

    async def recalls(self) -> bool:
        return True

    def distrust(self) -> None:
        """A row that belongs to another key came over no wrong connection: it is in the table."""

    async def _store(self, raw: bytes, version: str | None, keep: float) -> bool:
        self.reached = False
        step = partial(self._documents.store, self._place, raw, version, keep)
        stored = await self._gate.let(step)
        self.reached, self.written = True, self.written or stored
        return stored
