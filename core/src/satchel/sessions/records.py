"""Records: small sealed values of the core, kept through the session hooks of a second slot."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from satchel.sessions.seal import KeyRing, Place, SealBroken
from satchel.sessions.values import JSON
from satchel_hookspecs import ABSENT, Conflict, Expect, SessionRecord, Unavailable, Version

ATTEMPTS = 100

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it is kept, with ``ttl`` seconds left to live."""

    value: JSON = field(repr=False)
    version: Version
    ttl: float


@dataclass(frozen=True, slots=True)
class Change:
    """What a step makes of a record: its new value and how many seconds that lives."""

    value: JSON = field(repr=False)
    ttl: int


Step = Callable[[Record | None], Change | None]


class Records:
    """The records of this installation, each named by a kind and an id.

    A record that cannot be opened is ``SealBroken`` to those who read it; ``change`` and ``update``
    write over it as if it were not there.
    """

    # Any: the relay, or whatever has the session hooks as async methods.
    def __init__(self, hooks: Any, keyring: KeyRing) -> None:
        self._hooks = hooks
        self._keyring = keyring

    async def read(self, kind: str, id: str) -> Record | None:
        """Return the record, or ``None`` when there is none."""
        place = _place(kind, id)
        found = await self._hooks.session_read(key=place.key)
        return None if found is None else self._open(found, place)

    async def create(self, kind: str, id: str, value: JSON, ttl: int) -> Version:
        """Keep a new record for ``ttl`` seconds; when there is one, it is ``Conflict(record)``."""
        return await self._write(_place(kind, id), value, ABSENT, ttl)

    async def replace(self, kind: str, id: str, value: JSON, expect: Version, ttl: int) -> Version:
        """Replace the state ``expect``; any other is ``Conflict(record)``, none ``Conflict(None)``.

        What cannot be opened counts as none.
        """
        return await self._write(_place(kind, id), value, expect, ttl)

    async def change(
        self, kind: str, id: str, function: Callable[[JSON], JSON], ttl: int
    ) -> Record:
        """Replace the value by what the function makes of it; it gets ``None`` when there is none.

        The function may be called again when another writer was faster.
        """

        def step(record: Record | None) -> Change:
            return Change(function(record.value if record else None), ttl)

        changed = await self.update(kind, id, step)
        assert changed is not None  # a step that always changes leaves a record
        return changed

    async def update(self, kind: str, id: str, step: Step) -> Record | None:
        """Do what the step says, given the record; ``None`` leaves it as it is, or absent."""
        place = _place(kind, id)
        for _ in range(ATTEMPTS):
            found = await self._hooks.session_read(key=place.key)
            record = self._open_or_none(found, place)
            change = step(record)
            if change is None:
                return record
            expect: Expect = ABSENT if found is None else found.version
            try:
                version = await self._write(place, change.value, expect, change.ttl)
            except Conflict:
                continue
            return Record(change.value, version, change.ttl)
        raise Unavailable(f"Too many others change the same {kind} at the moment.")

    async def touch(self, kind: str, id: str, ttl: int) -> bool:
        """Let the record live ``ttl`` seconds from now; false when there is none."""
        touched: bool = await self._hooks.session_touch(key=_place(kind, id).key, ttl=ttl)
        return touched

    async def delete(self, kind: str, id: str) -> bool:
        """Delete the record; false when there was none. Twice is no error."""
        deleted: bool = await self._hooks.session_destroy(key=_place(kind, id).key)
        return deleted

    async def _write(self, place: Place, value: JSON, expect: Expect, ttl: int) -> Version:
        data = self._keyring.seal(value, place)
        try:
            version: Version = await self._hooks.session_write(
                key=place.key, data=data, expect=expect, ttl=ttl, owner=None
            )
        except Conflict as error:
            current = error.current if isinstance(error.current, SessionRecord) else None
            raise Conflict(self._open_or_none(current, place), str(error)) from error
        return version

    def _open(self, found: SessionRecord, place: Place) -> Record:
        if found.owner is not None:
            raise SealBroken(place.kind)
        return Record(self._keyring.open(found.data, place).value, found.version, found.ttl)

    def _open_or_none(self, found: SessionRecord | None, place: Place) -> Record | None:
        try:
            return None if found is None else self._open(found, place)
        except SealBroken:
            logger.warning("A record of kind %s could not be opened.", place.kind)
            return None


def _place(kind: str, id: str) -> Place:
    name = f"satchel record\0{kind}\0{id}".encode("utf-8", "surrogatepass")
    return Place(kind, hashlib.sha256(name).hexdigest())
