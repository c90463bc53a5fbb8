"""The backlog: what the journal says that the database lacks, place by place."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from pathlib import Path
from typing import Any

from satchel_attachments_redundant.journal import Journal, Record
from satchel_attachments_redundant.ledger import Ledger
from satchel_hookspecs import Place, StoreError

log = logging.getLogger(__name__)

Run = Callable[..., Awaitable[Any]]  # Any: what the step returns


@dataclass(frozen=True, slots=True)
class Due:
    """What the journal says of one place, all its records taken together."""

    place: Place
    paths: Sequence[Path]
    ledger: Ledger | None
    dropped: frozenset[str]

    @classmethod
    def of(cls, place: Place, records: Mapping[Path, Record]) -> "Due":
        """Merge the records, by their files."""
        ledgers = [one.ledger for one in records.values() if one.ledger]
        ledger = reduce(Ledger.merge, ledgers) if ledgers else None
        dropped = frozenset(one.dropped for one in records.values() if one.dropped)
        return cls(place, list(records), ledger, dropped)


class Backlog:
    """Reads the journal in threads, and puts aside what is damaged in it."""

    def __init__(self, journal: Journal, run: Run) -> None:
        self._journal = journal
        self._run = run

    async def read(self) -> Sequence[Due]:
        """All that is due; ``Unavailable`` when nobody knows."""
        records = dict[Place, dict[Path, Record]]()
        for path, record in (await self._run(self._journal.read)).items():
            if isinstance(record, Record):
                records.setdefault(record.place, {})[path] = record
                continue
            log.warning("%s is left out; the lists in memcached may know more: %s", path, record)
            await self._put_aside(path)
        return [Due.of(place, found) for place, found in records.items()]

    async def forget(self, due: Due) -> None:
        """Delete the records of what is done with."""
        await self._run(partial(self._journal.forget, due.paths))

    async def _put_aside(self, path: Path) -> None:
        try:
            await self._run(partial(self._journal.put_aside, path))
        except StoreError as error:
            log.info("A damaged record is met again: %s", error)
