"""Session stores that are wrong on purpose, each in one way."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import replace

from satchel_hookspecs import (
    Expect,
    MemorySessions,
    SessionInfo,
    SessionRecord,
    Unavailable,
    Version,
)


class IgnoresTheVersion(MemorySessions):
    async def _replace(
        self, key: str, data: bytes, version: Version, expect: Version, ttl: int, owner: str | None
    ) -> bool:
        found = self._live(key)
        known = found.version if found else expect
        return await super()._replace(key, data, version, known, ttl, owner)


class ComparesThenWrites(MemorySessions):
    async def _replace(
        self, key: str, data: bytes, version: Version, expect: Version, ttl: int, owner: str | None
    ) -> bool:
        found = self._live(key)
        if found is None or found.version != expect:
            return False
        await asyncio.sleep(0)
        found = self._live(key)
        known = found.version if found else expect
        return await super()._replace(key, data, version, known, ttl, owner)


class RevivesAfterDestroy(MemorySessions):
    async def _replace(
        self, key: str, data: bytes, version: Version, expect: Version, ttl: int, owner: str | None
    ) -> bool:
        if self._live(key) is None:
            return await self._create(key, data, version, ttl, owner)
        return await super()._replace(key, data, version, expect, ttl, owner)


class TouchRevives(MemorySessions):
    async def _drop(self, key: str) -> bool:
        found = self._live(key)
        if found is not None:
            self._kept[key] = replace(found, expires=0)
        return found is not None

    async def _extend(self, key: str, ttl: int) -> bool:
        found = self._kept.get(key)
        if found is not None and found.expires == 0:
            self._kept[key] = replace(found, expires=self.ctx.clock() + ttl)
        return await super()._extend(key, ttl)


class CreateOverwrites(MemorySessions):
    async def _create(
        self, key: str, data: bytes, version: Version, ttl: int, owner: str | None
    ) -> bool:
        self._kept.pop(key, None)
        return await super()._create(key, data, version, ttl, owner)


class DestroyDoesNothing(MemorySessions):
    async def _drop(self, key: str) -> bool:
        return self._live(key) is not None


class NamesAVersionByItsData(MemorySessions):
    async def session_write(
        self, key: str, data: bytes, expect: Expect, ttl: int, owner: str | None
    ) -> Version:
        await super().session_write(key, data, expect, ttl, owner)
        version = Version(hashlib.sha256(data).hexdigest())
        self._kept[key] = replace(self._kept[key], version=version)
        return version


class KeepsTheOwner(MemorySessions):
    async def _replace(
        self, key: str, data: bytes, version: Version, expect: Version, ttl: int, owner: str | None
    ) -> bool:
        found = self._live(key)
        owner = owner if owner or found is None else found.owner
        return await super()._replace(key, data, version, expect, ttl, owner)


class ServesOldReads(MemorySessions):
    def __init__(self, config: object, ctx: object) -> None:
        super().__init__(config, ctx)  # type: ignore[arg-type]
        self.seen: dict[str, SessionRecord] = {}

    async def _read(self, key: str) -> SessionRecord | None:
        if key not in self.seen:
            found = await super()._read(key)
            if found is None:
                return None
            self.seen[key] = found
        return self.seen[key]

    async def session_write(
        self, key: str, data: bytes, expect: Expect, ttl: int, owner: str | None
    ) -> Version:
        self.seen.pop(key, None)
        return await super().session_write(key, data, expect, ttl, owner)

    async def _drop(self, key: str) -> bool:
        self.seen.pop(key, None)
        return await super()._drop(key)

    async def _extend(self, key: str, ttl: int) -> bool:
        self.seen.pop(key, None)
        return await super()._extend(key, ttl)


class ListsAnotherOwner(MemorySessions):
    async def _owned(self, owner: str) -> Sequence[SessionInfo]:
        owners = {kept.owner for kept in self._kept.values()}
        found = [
            info for one in owners if one for info in await super(type(self), self)._owned(one)
        ]
        return sorted(found, key=lambda info: info.created)


class ListsNewestFirst(MemorySessions):
    async def _owned(self, owner: str) -> Sequence[SessionInfo]:
        return [*reversed(await super()._owned(owner))]


class IgnoresTtl(MemorySessions):
    async def _read(self, key: str) -> SessionRecord | None:
        found = self._kept.get(key)
        return SessionRecord(found.data, found.version, found.owner, 60) if found else None


class ReadExtends(MemorySessions):
    async def _read(self, key: str) -> SessionRecord | None:
        await self._extend(key, 60)
        return await super()._read(key)


class TouchNeverShortens(MemorySessions):
    async def _extend(self, key: str, ttl: int) -> bool:
        found = self._live(key)
        left = found.expires - self.ctx.clock() if found else 0
        return await super()._extend(key, max(ttl, int(left)))


class TouchMakesAVersion(MemorySessions):
    async def _extend(self, key: str, ttl: int) -> bool:
        found = self._live(key)
        if found is not None:
            self._kept[key] = replace(found, version=Version(found.version + "+"))
        return await super()._extend(key, ttl)


class SweepTakesLiveOnes(MemorySessions):
    async def _sweep(self, limit: int) -> int:
        keys = list(self._kept)[:limit]
        for key in keys:
            del self._kept[key]
        return len(keys)


class SweepIgnoresItsLimit(MemorySessions):
    async def _sweep(self, limit: int) -> int:
        return await super()._sweep(10_000)


class AbsentWhenDown(MemorySessions):
    async def session_read(self, key: str) -> SessionRecord | None:
        try:
            return await super().session_read(key)
        except Unavailable:
            return None


class EmptyListWhenDown(MemorySessions):
    async def session_list(self, owner: str) -> Sequence[SessionInfo]:
        try:
            return await super().session_list(owner)
        except Unavailable:
            return ()


class ClaimsToBeThePlatform(MemorySessions):
    capabilities = frozenset({"platform"})
