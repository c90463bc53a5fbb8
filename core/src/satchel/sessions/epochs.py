"""Epochs: one value an owner, whose change ends all sessions that do not know the new one."""

from collections.abc import Callable

from satchel.sessions.records import Change, Record, Records
from satchel.sessions.seal import SealBroken
from satchel.sessions.tokens import new_token
from satchel.sessions.values import JSON

KIND = "epoch"
MOST_REMEMBERED = 10_000


class Epochs:
    """The epochs of all owners; a record lives as long as the longest session, ``ttl`` seconds.

    What was read may be remembered for ``trusted`` seconds.
    """

    def __init__(
        self, records: Records, ttl: int, clock: Callable[[], float], trusted: float
    ) -> None:
        self._records = records
        self._ttl = ttl
        self._clock = clock
        self._trusted = trusted
        self._remembered: dict[str, tuple[float, JSON]] = {}

    async def accept(self, owner: str, epochs: tuple[str, ...]) -> bool:
        """Whether a session that knows these epochs may live, as the store says now.

        Without a record nobody was signed out since the oldest session began. A record that cannot
        be opened ends them all: it may be a forged one.
        """
        asked = self._clock()
        self._remembered.pop(owner, None)
        try:
            record = await self._records.read(KIND, owner)
        except SealBroken:
            return False
        epoch = record.value if record else None
        self._remember(owner, asked, epoch)
        return epoch is None or epoch in epochs

    async def still_accept(self, owner: str, epochs: tuple[str, ...]) -> bool:
        """The same, but a yes may be as old as what is remembered."""
        asked, epoch = self._remembered.get(owner, (float("-inf"), None))
        is_fresh = 0 <= self._clock() - asked < self._trusted
        return (is_fresh and (epoch is None or epoch in epochs)) or await self.accept(owner, epochs)

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
        try:
            await self._records.change(KIND, owner, lambda _: epoch, self._ttl)
        finally:
            self._remembered.pop(owner, None)

    def _remember(self, owner: str, asked: float, epoch: JSON) -> None:
        self._remembered[owner] = (asked, epoch)
        if len(self._remembered) > MOST_REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
