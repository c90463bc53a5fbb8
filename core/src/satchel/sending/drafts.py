"""Drafts in the records: two tabs that write the same one get a conflict, never a lost text."""

from dataclasses import dataclass

from satchel.sending.draft import Draft
from satchel.sessions.records import Record, Records
from satchel_hookspecs import Conflict, Version

KIND = "draft"


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A draft with the version that the next save has to name."""

    draft: Draft
    version: Version


class Drafts:
    """The drafts of all owners, each named by its owner and group; ``ttl`` is in seconds."""

    def __init__(self, records: Records, ttl: int) -> None:
        self._records = records
        self._ttl = ttl

    async def create(self, owner: str, group: str, draft: Draft) -> StoredDraft:
        """Keep a new draft; ``Conflict(stored)`` when the group has one."""
        try:
            version = await self._records.create(
                KIND, _id(owner, group), draft.to_json(), self._ttl
            )
        except Conflict as conflict:
            raise _about_draft(conflict) from conflict
        return StoredDraft(draft, version)

    async def load(self, owner: str, group: str) -> StoredDraft | None:
        """The draft, or ``None`` when there is none, or not any more."""
        found = await self._records.read(KIND, _id(owner, group))
        return None if found is None else _stored(found)

    async def save(self, owner: str, group: str, draft: Draft, expect: Version) -> StoredDraft:
        """Replace the draft in state ``expect``.

        ``Conflict(stored)`` when it was changed elsewhere, ``Conflict(None)`` when it is gone: it
        was sent, discarded, or lay too long.
        """
        try:
            version = await self._records.replace(
                KIND, _id(owner, group), draft.to_json(), expect, self._ttl
            )
        except Conflict as conflict:
            raise _about_draft(conflict) from conflict
        return StoredDraft(draft, version)

    async def touch(self, owner: str, group: str) -> bool:
        """Keep it for as long again; false when there is none."""
        return await self._records.touch(KIND, _id(owner, group), self._ttl)

    async def delete(self, owner: str, group: str) -> bool:
        """Delete it; false when there was none."""
        return await self._records.delete(KIND, _id(owner, group))


def _about_draft(conflict: Conflict) -> Conflict:
    current = conflict.current
    if isinstance(current, Record):
        return Conflict(_stored(current), "This draft was changed in another tab.")
    return Conflict(None, "This draft is not there any more.")


def _stored(record: Record) -> StoredDraft:
    return StoredDraft(Draft.from_json(record.value), record.version)


def _id(owner: str, group: str) -> str:
    return f"{owner}/{group}"
