"""The plugin: answers each of its hooks by one of the things it keeps."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from satchel_database import Database
from satchel_hookspecs import PluginContext, hookimpl
from satchel_userdata.contact import Contact, ContactGroup, ContactPage
from satchel_userdata.contacts import addresses_of, contact_row
from satchel_userdata.identities import identity_row
from satchel_userdata.identity import Identity
from satchel_userdata.kept import Kept
from satchel_userdata.recipient import Recipient, Suggestion
from satchel_userdata.specs import UserdataSpecs

MIGRATIONS = Path(__file__).parent / "migrations"


class Userdata:
    """Preferences, identities, contacts, recipients and a cache, in tables.

    It reads from a reader that has come as far as the user's own writes.
    """

    requires: ClassVar[tuple[str, ...]] = ("database",)

    @dataclass(frozen=True)
    class Config:
        """``search_seconds``: how long other sources of contacts may take to answer a search.

        ``most_contacts``: how many contacts a user may have.
        """

        search_seconds: float = 1.0
        most_contacts: int = 50_000

        def __post_init__(self) -> None:
            for name in ("search_seconds", "most_contacts"):
                if not getattr(self, name) > 0:
                    raise ValueError(f"{name} must be more than 0.")

    def __init__(self, config: Config, ctx: PluginContext) -> None:
        self.config = config
        self.ctx = ctx

    @hookimpl
    def plugin_hookspecs(self) -> type:
        return UserdataSpecs

    @hookimpl
    @asynccontextmanager
    async def plugin_lifespan(self, ctx: PluginContext) -> AsyncIterator[None]:
        await self._database.migrate("userdata", MIGRATIONS)
        yield

    @hookimpl
    async def userdata_preferences(self, owner: str) -> Mapping[str, object]:
        return await self._kept.preferences.all(owner)

    @hookimpl
    async def userdata_preferences_set(self, owner: str, changes: Mapping[str, object]) -> None:
        await self._kept.preferences.set(owner, changes)

    @hookimpl
    async def userdata_identities(self, owner: str) -> Sequence[Identity]:
        return await self._kept.identities.all(owner)

    @hookimpl
    async def userdata_identity_save(
        self, owner: str, name: str, address: str, id: str | None, organization: str,
        reply_to: str, bcc: str, signature: str, signature_is_html: bool, standard: bool,
        expect: int | None,
    ) -> Identity:  # fmt: skip
        row = identity_row(name, address, organization, reply_to, bcc, signature, signature_is_html)
        if id is None:
            return await self._kept.identities.add(owner, row, standard)
        return await self._kept.identities.change(owner, id, row, standard, expect)

    @hookimpl
    async def userdata_identity_delete(self, owner: str, id: str) -> bool:
        return await self._kept.identities.delete(owner, id)

    @hookimpl
    async def userdata_contacts(
        self, owner: str, text: str, group: str | None, first: int, limit: int
    ) -> ContactPage:
        return await self._kept.contacts.page(owner, text, group, first, limit)

    @hookimpl
    async def userdata_contact(self, owner: str, id: str) -> Contact | None:
        return await self._kept.contacts.one(owner, id)

    @hookimpl
    async def userdata_contact_save(
        self, owner: str, name: str, addresses: Sequence[str], id: str | None, organization: str,
        phone: str, notes: str, groups: Sequence[str] | None, expect: int | None,
    ) -> Contact:  # fmt: skip
        addresses = addresses_of(addresses)
        row = contact_row(name, addresses, organization, phone, notes)
        if id is None:
            return await self._kept.contacts.add(owner, row, addresses, groups or ())
        return await self._kept.contacts.change(owner, id, row, addresses, groups, expect)

    @hookimpl
    async def userdata_contacts_delete(self, owner: str, ids: Sequence[str]) -> int:
        return await self._kept.contacts.delete(owner, ids)

    @hookimpl
    async def userdata_groups(self, owner: str) -> Sequence[ContactGroup]:
        return await self._kept.groups.all(owner)

    @hookimpl
    async def userdata_group_save(self, owner: str, name: str, id: str | None) -> ContactGroup:
        if id is None:
            return await self._kept.groups.add(owner, name)
        return await self._kept.groups.rename(owner, id, name)

    @hookimpl
    async def userdata_group_delete(self, owner: str, id: str) -> bool:
        return await self._kept.groups.delete(owner, id)

    @hookimpl
    async def userdata_group_change(
        self, owner: str, id: str, add: Sequence[str], drop: Sequence[str]
    ) -> None:
        await self._kept.groups.change(owner, id, add, drop)

    @hookimpl
    async def userdata_suggest(self, owner: str, text: str, limit: int) -> Sequence[Suggestion]:
        return await self._kept.suggestions.find(owner, text, limit)

    @hookimpl
    async def userdata_recipients(self, owner: str, limit: int) -> Sequence[Recipient]:
        return await self._kept.recipients.last(owner, limit)

    @hookimpl
    async def userdata_recipients_used(
        self, owner: str, recipients: Sequence[tuple[str, str]]
    ) -> None:
        await self._kept.recipients.used(owner, recipients)

    @hookimpl
    async def userdata_recipient_delete(self, owner: str, address: str) -> bool:
        return await self._kept.recipients.delete(owner, address)

    @hookimpl
    async def userdata_cache_read(self, owner: str, name: str) -> bytes | None:
        return await self._kept.cache.read(owner, name)

    @hookimpl
    async def userdata_cache_write(self, owner: str, name: str, value: bytes, ttl: int) -> None:
        await self._kept.cache.write(owner, name, value, ttl)

    @hookimpl
    async def userdata_cache_delete(self, owner: str, name: str) -> bool:
        return await self._kept.cache.delete(owner, name)

    @hookimpl
    async def userdata_delete(self, owner: str) -> None:
        await self._kept.delete(owner)

    @cached_property
    def _database(self) -> Database:
        return Database.of(self.ctx)

    @cached_property
    def _kept(self) -> Kept:
        config = self.config
        return Kept(self._database, self.ctx, config.search_seconds, config.most_contacts)
