"""Attachment stores that treat a compose wrongly, each in one way."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from satchel_hookspecs import (
    Attachment,
    Conflict,
    MemoryAttachments,
    Place,
    Ref,
    Unavailable,
    Usage,
)
from satchel_hookspecs.group import Entry, Group

# Any: what the memory store keeps is its own
Frames = AsyncIterator[tuple[int, bytes]]


class IgnoresTheToken(MemoryAttachments):
    async def _store(self, place: Place, document: bytes | None, token: object) -> bool:
        return await super()._store(place, document, self._documents.get(place))


class OrdersById(MemoryAttachments):
    async def attachment_list(self, owner: str, group: str) -> Sequence[Attachment]:
        return sorted(await super().attachment_list(owner, group), key=lambda one: one.ref.id)


class ReusesSerials(MemoryAttachments):
    async def attachment_delete(self, ref: Ref) -> bool:
        deleted = await super().attachment_delete(ref)

        def count(group: Group) -> Group:
            return replace(group, serial=max([0, *(entry.serial for entry in group.entries)]))

        if deleted:
            await self._change(ref.place, count)
        return deleted


class RevivesWhatWasDeleted(MemoryAttachments):
    async def _store(self, place: Place, document: bytes | None, token: object) -> bool:
        if document is not None:
            document = replace(Group.from_bytes(document), gone=()).to_bytes()
        return await super()._store(place, document, token)


class ListsAnotherOwner(MemoryAttachments):
    async def attachment_list(self, owner: str, group: str) -> Sequence[Attachment]:
        owners = {place.owner for place in self._documents if place.group == group}
        return [
            a for one in owners for a in await super(type(self), self).attachment_list(one, group)
        ]


class PartialListInsteadOfUnavailable(MemoryAttachments):
    async def attachment_list(self, owner: str, group: str) -> Sequence[Attachment]:
        try:
            return await super().attachment_list(owner, group)
        except Unavailable:
            return ()


class CountsSealedBytesOnly(MemoryAttachments):
    async def attachment_usage(self, owner: str) -> Usage:
        found = [
            one
            async for place in self._places(owner)
            for one in await self.attachment_list(owner, place.group)
            if one.sealed
        ]
        return Usage(sum(one.size for one in found), len(found))


class CleansUpAllOwners(MemoryAttachments):
    async def attachments_cleanup(self, owner: str, group: str | None) -> int:
        if group is not None:
            return await super().attachments_cleanup(owner, group)
        return sum([await self._close(place) async for place in self._places(None)])


class OpensWhatWasClosed(MemoryAttachments):
    async def attachments_touch(self, owner: str, group: str, ttl: int) -> bool:
        try:
            return await super().attachments_touch(owner, group, ttl)
        except Conflict:
            self._documents.pop(Place(owner, group))
            return await super().attachments_touch(owner, group, ttl)


class TouchShortens(MemoryAttachments):
    async def attachments_touch(self, owner: str, group: str, ttl: int) -> bool:
        open_before = await super().attachments_touch(owner, group, ttl)
        expires = await self._now() + ttl
        await self._change(Place(owner, group), lambda found: replace(found, expires=expires))
        return open_before


class IgnoresExpiry(MemoryAttachments):
    async def _load_group(self, place: Place) -> tuple[Group | None, object]:
        document, token = await self._load(place)
        return (Group.from_bytes(document) if document is not None else None), token


class GcTakesLiveOnes(MemoryAttachments):
    async def _drop_strays(self, place: Place) -> int:
        old = [name for name, age in await self._pieces(place) if age > self.grace]
        for name in old:
            await self._drop(place, name)
        return len(old)


class GcHasNoGrace(MemoryAttachments):
    async def _pieces(self, place: Place) -> Sequence[tuple[str, float]]:
        return [(name, 1e9) for name, _ in await super()._pieces(place)]


class GcKeepsStrays(MemoryAttachments):
    async def _drop_strays(self, place: Place) -> int:
        return 0


class GcReportsWhatAnotherTook(MemoryAttachments):
    async def _end_expired(self, place: Place) -> Sequence[Entry]:
        document, _ = await self._load(place)
        group = Group.from_bytes(document) if document is not None else None
        if group is None or group.expires > await self._now():
            return ()
        await super()._end_expired(place)
        return group.entries
