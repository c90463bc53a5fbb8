"""What was acknowledged: a file that a node does not see is missed, and never forgotten."""

from typing import Any

from satchel.sessions.records import Change, Record, Records
from satchel_hookspecs import Ref

KIND = "files"


class Acknowledged:
    """The names of the files that a user was told are kept, by id; ``ttl`` is in seconds.

    They are in the records, apart from the store of the files: a store that lost one, or keeps it
    where only another node sees it, has a list that looks whole.
    """

    def __init__(self, records: Records, ttl: int) -> None:
        self._records = records
        self._ttl = ttl

    async def of(self, owner: str, group: str) -> dict[str, str]:
        """The names of the files of a compose."""
        return _names(await self._records.read(KIND, _id(owner, group)))

    async def add(self, ref: Ref, filename: str) -> None:
        """Remember a file, or its new name."""

        def step(record: Record | None) -> Change | None:
            names = _names(record)
            known = names.get(ref.id) == filename
            return None if known else Change(names | {ref.id: filename}, self._ttl)

        await self._records.update(KIND, _id(ref.owner, ref.group), step)

    async def forget(self, ref: Ref) -> bool:
        """Forget a file that its user has removed; false when it was not known."""
        found = False

        def step(record: Record | None) -> Change | None:
            nonlocal found
            names = _names(record)
            found = names.pop(ref.id, None) is not None
            return Change(names, self._ttl) if found else None

        await self._records.update(KIND, _id(ref.owner, ref.group), step)
        return found

    async def touch(self, owner: str, group: str) -> None:
        """Remember the files of a compose for as long again."""
        await self._records.touch(KIND, _id(owner, group), self._ttl)

    async def close(self, owner: str, group: str) -> None:
        """Forget a compose that has ended."""
        await self._records.delete(KIND, _id(owner, group))


def _names(record: Record | None) -> dict[str, Any]:  # Any: JSON
    value: Any = None if record is None else record.value
    return dict(value or {})


def _id(owner: str, group: str) -> str:
    return f"{owner}/{group}"
