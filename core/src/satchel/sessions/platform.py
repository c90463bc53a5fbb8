"""The hooks of a session store, over what the platform keeps for the request that runs."""

import hashlib
import hmac
import json
import math
import random
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from satchel.sessions.records import Records
from satchel.sessions.seal import KeyRing, SealBroken
from satchel.sessions.tokens import as_letters, from_letters, is_equal
from satchel_hookspecs import (
    Absent,
    Conflict,
    Expect,
    PlatformSession,
    SessionRecord,
    Version,
)

ENTRY = "satchel"
KIND = "ended session"
TOO_LATE = "The answer has begun, so the platform cannot keep what changes in the session now."


@dataclass(slots=True)
class Held:
    """What one request has of the platform; it is closed once its answer is ready."""

    session: PlatformSession
    lines: tuple[str, ...] = ()
    is_closed: bool = False


held: ContextVar[Held] = ContextVar("satchel_platform")


class PlatformHooks:
    """Keeps one record in the platform's session: sealed as ever, under one name among others.

    The platform neither compares before it writes nor takes back a cookie. So the end of an
    owner's session is written down among the records, for ``longest`` seconds; a session that has
    ended stays ended, whoever still holds it and whatever a late request saves.
    """

    # Any: the relay, or whatever has the events as async methods.
    def __init__(
        self,
        hooks: Any,
        records: Records,
        keyring: KeyRing,
        clock: Callable[[], float],
        longest: int,
    ) -> None:
        self._hooks = hooks
        self._records = records
        self._keys = keyring.derived("session of the platform")
        self._clock = clock
        self._longest = longest

    async def session_read(self, key: str) -> SessionRecord | None:
        """Return the record that the platform has for this request, if it is the one asked for."""
        found = self._found(key)
        if found is None or (found.owner is not None and await self._has_ended(key)):
            return None
        return found

    async def session_write(
        self, key: str, data: bytes, expect: Expect, ttl: int, owner: str | None
    ) -> Version:
        """Put the record in place of the one that was read; a new one of an owner renews the id."""
        if held.get().is_closed:
            raise RuntimeError(TOO_LATE)
        if not isinstance(expect, Absent):
            found = await self.session_read(key)
            if found is None or found.version != expect:
                raise Conflict(found)
        elif owner is not None:
            await held.get().session.renew()
        version = Version(f"{random.getrandbits(64):016x}")  # unique, not secret
        self._keep(key, SessionRecord(data, version, owner, ttl))
        return version

    async def session_touch(self, key: str, ttl: int) -> bool:
        """Let the record live longer; after the answer has begun it stays as it is."""
        found = await self.session_read(key)
        if found is not None and not held.get().is_closed:
            self._keep(key, SessionRecord(found.data, found.version, found.owner, ttl))
        return found is not None

    async def session_destroy(self, key: str) -> bool:
        """End the record for good."""
        found = self._found(key)
        if found is None:
            return False
        if found.owner is not None:
            await self._records.change(KIND, key, lambda _: True, self._longest)
        if not held.get().is_closed:
            del held.get().session.values[ENTRY]
        return True

    async def session_created(self, **told: object) -> None:
        """Tell everybody."""
        await self._hooks.session_created(**told)

    async def session_destroyed(self, key: str, owner: str | None, reason: str) -> None:
        """Tell everybody; who signs out leaves nothing with the platform."""
        if reason == "sign_out" and not held.get().is_closed:
            await held.get().session.destroy()
        await self._hooks.session_destroyed(key=key, owner=owner, reason=reason)

    async def _has_ended(self, key: str) -> bool:
        try:
            return await self._records.read(KIND, key) is not None
        except SealBroken:
            return True

    def _found(self, key: str) -> SessionRecord | None:
        match held.get().session.values.get(ENTRY):
            case [str(version), None | str() as owner, int(ends), str(data), str(tag)]:
                left = ends - self._clock()
                if left > 0 and self._is_ours(tag, key, version, owner, ends, data):
                    return SessionRecord(from_letters(data), Version(version), owner, left)
        return None

    def _keep(self, key: str, record: SessionRecord) -> None:
        ends, data = math.ceil(self._clock() + record.ttl), as_letters(record.data)
        told = (record.version, record.owner, ends, data)
        held.get().session.values[ENTRY] = [*told, _tag(self._keys[0], key, *told)]

    def _is_ours(self, tag: str, *told: object) -> bool:
        return any(is_equal(tag, _tag(one, *told)) for one in self._keys)


def _tag(key: bytes, *told: object) -> str:
    """What only this installation can say of a record: nobody else prolongs or moves one."""
    return as_letters(hmac.digest(key, json.dumps(told).encode(), hashlib.sha256))
