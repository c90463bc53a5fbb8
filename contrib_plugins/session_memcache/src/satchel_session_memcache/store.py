"""The store: sessions in memcached, each a value of a register."""

import asyncio
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import ClassVar

from satchel_hookspecs import SessionInfo, SessionRecord, SessionStore, Version
from satchel_memcache import CANNOT, LargeRegister, Memcache, Value
from satchel_session_memcache.kept import Kept
from satchel_session_memcache.owners import Owners

LARGEST = 4 * 1024 * 1024

Change = Callable[[Kept], Kept | None]


class Unlisted(Exception):
    """The owner's list does not hold the session for long enough yet."""

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.owner = owner


class MemcacheSessions(SessionStore):
    """Sessions on two hosts each; one that was ended is known as ended until it would be over."""

    requires: ClassVar[tuple[str, ...]] = ("memcache",)
    capabilities: ClassVar[frozenset[str]] = frozenset(
        {"by_owner", "expires_by_itself", "multi_process"}
    )
    cannot: ClassVar[tuple[str, ...]] = CANNOT

    @cached_property
    def _memcache(self) -> Memcache:
        return Memcache.of(self.ctx)

    @cached_property
    def _register(self) -> LargeRegister:
        return self._memcache.large_register(LARGEST)

    @cached_property
    def _owners(self) -> Owners:
        return Owners(self._memcache, self.ctx.clock)

    async def _read(self, key: str) -> SessionRecord | None:
        value = await self._register.read(self._name(key))
        if value is None:
            return None
        kept, ttl = Kept.from_bytes(value.body), value.expires - self.ctx.clock()
        return SessionRecord(kept.data, kept.version, kept.owner, ttl)

    async def _create(
        self, key: str, data: bytes, version: Version, ttl: int, owner: str | None
    ) -> bool:
        listed = 0.0 if owner is None else await self._owners.add(owner, key, ttl)
        now = self.ctx.clock()
        new = Value(Kept(data, version, owner, now, listed).to_bytes(), now + ttl)

        def step(value: Value | None) -> Value:
            return new if value is None else value

        after = await self._register.change(self._name(key), step)
        return after is not None and after.body == new.body

    async def _replace(
        self, key: str, data: bytes, version: Version, expect: Version, ttl: int, owner: str | None
    ) -> bool:
        def change(kept: Kept) -> Kept | None:
            if kept.version != expect:
                return None
            return Kept(data, version, owner, kept.created, kept.listed)

        return await self._change(key, ttl, change)

    async def _extend(self, key: str, ttl: int) -> bool:
        return await self._change(key, ttl, lambda kept: kept)

    async def _drop(self, key: str) -> bool:
        ended: Kept | None = None

        def step(value: Value | None) -> None:
            nonlocal ended
            ended = None if value is None else Kept.from_bytes(value.body)

        await self._register.change(self._name(key), step)
        if ended is not None and ended.owner is not None:
            await self._owners.drop(ended.owner, key)
        return ended is not None

    async def _owned(self, owner: str) -> Sequence[SessionInfo]:
        keys = await self._owners.keys(owner)
        found = await asyncio.gather(*(self._describe(key, owner) for key in keys))
        return sorted((one for one in found if one), key=lambda one: (one.created, one.key))

    async def _sweep(self, limit: int) -> int:
        return 0  # memcached drops what is over by itself

    async def _change(self, key: str, ttl: int, change: Change) -> bool:
        """Change the live session and let it end ``ttl`` seconds from now; false if it stays."""
        listed = 0.0
        while True:
            try:
                return await self._try(key, ttl, change, listed)
            except Unlisted as unlisted:
                listed = await self._owners.add(unlisted.owner, key, ttl)

    async def _try(self, key: str, ttl: int, change: Change, listed: float) -> bool:
        ends, changed = self.ctx.clock() + ttl, False

        def step(value: Value | None) -> Value | None:
            nonlocal changed
            kept = None if value is None else Kept.from_bytes(value.body)
            new = None if kept is None else change(kept)
            changed = new is not None
            if kept is None or new is None:
                return value
            until = max(listed, kept.listed if kept.owner == new.owner else 0.0)
            if new.owner is not None and until < ends:
                raise Unlisted(new.owner)
            return Value(new.listed_until(until).to_bytes(), ends)

        await self._register.change(self._name(key), step)
        return changed

    async def _describe(self, key: str, owner: str) -> SessionInfo | None:
        value = await self._register.read(self._name(key))
        kept = None if value is None else Kept.from_bytes(value.body)
        if value is None or kept is None or kept.owner != owner:
            return None
        return SessionInfo(key, kept.created, value.expires - self.ctx.clock())

    def _name(self, key: str) -> str:
        return self._memcache.key("session", key)
