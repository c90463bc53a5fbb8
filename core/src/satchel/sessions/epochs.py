"""Epochs: one value an owner, whose change ends all sessions that do not know the new one."""

from satchel.sessions.records import Change, Record, Records
from satchel.sessions.seal import SealBroken
from satchel.sessions.tokens import new_token

KIND = "epoch"


class Epochs:
    """The epochs of all owners; a record lives as long as the longest session, ``ttl`` seconds."""

    def __init__(self, records: Records, ttl: int) -> None:
        self._records = records
        self._ttl = ttl

    async def accept(self, owner: str, epochs: tuple[str, ...]) -> bool:
        """Whether a session that knows these epochs may live.

        Without a record nobody was signed out since the oldest session began. A record that cannot
        be opened ends them all: it may be a forged one.
        """
        try:
            record = await self._records.read(KIND, owner)
        except SealBroken:
            return False
        return record is None or record.value in epochs

    async def begin(self, owner: str) -> tuple[str, ...]:
        """Return the epochs for a session that begins now."""

        def replace_broken(record: Record | None) -> Change | None:
            return None if record else Change(new_token(), self._ttl)

        try:
            record = await self._records.read(KIND, owner)
        except SealBroken:
            record = await self._records.update(KIND, owner, replace_broken)
        return () if record is None else (str(record.value),)

    async def change(self, owner: str, epoch: str) -> None:
        """End all sessions of the owner that do not know this epoch."""
        await self._records.change(KIND, owner, lambda _: epoch, self._ttl)
