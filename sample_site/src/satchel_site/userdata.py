"""The hooks of a plugin that keeps what users settle and collect; a site may have none."""

from collections.abc import Mapping, Sequence
from typing import Protocol, cast

from aiohttp import web

from satchel.setup import HOST
from satchel_site.address_book import (
    Contact,
    ContactGroup,
    ContactPage,
    Recipient,
    Suggestion,
)
from satchel_site.identity import Identity
from satchel_site.refusal import not_found


class Userdata(Protocol):
    """The hooks that the pages call."""

    async def userdata_preferences(self, *, owner: str) -> Mapping[str, object]: ...

    async def userdata_preferences_set(
        self, *, owner: str, changes: Mapping[str, object]
    ) -> None: ...

    async def userdata_identities(self, *, owner: str) -> Sequence[Identity]: ...

    async def userdata_identity_save(
        self,
        *,
        owner: str,
        name: str,
        address: str,
        id: str | None = None,
        organization: str = "",
        reply_to: str = "",
        bcc: str = "",
        signature: str = "",
        signature_is_html: bool = False,
        standard: bool = False,
        expect: int | None = None,
    ) -> Identity: ...

    async def userdata_identity_delete(self, *, owner: str, id: str) -> bool: ...

    async def userdata_contacts(
        self,
        *,
        owner: str,
        text: str = "",
        group: str | None = None,
        first: int = 0,
        limit: int = 50,
    ) -> ContactPage: ...

    async def userdata_contact(self, *, owner: str, id: str) -> Contact | None: ...

    async def userdata_contact_save(
        self,
        *,
        owner: str,
        name: str,
        addresses: Sequence[str],
        id: str | None = None,
        organization: str = "",
        phone: str = "",
        notes: str = "",
        groups: Sequence[str] | None = None,
        expect: int | None = None,
    ) -> Contact: ...

    async def userdata_contacts_delete(self, *, owner: str, ids: Sequence[str]) -> int: ...

    async def userdata_groups(self, *, owner: str) -> Sequence[ContactGroup]: ...

    async def userdata_group_save(
        self, *, owner: str, name: str, id: str | None = None
    ) -> ContactGroup: ...

    async def userdata_group_delete(self, *, owner: str, id: str) -> bool: ...

    async def userdata_group_change(
        self, *, owner: str, id: str, add: Sequence[str] = (), drop: Sequence[str] = ()
    ) -> None: ...

    async def userdata_suggest(
        self, *, owner: str, text: str, limit: int = 10
    ) -> Sequence[Suggestion]: ...

    async def userdata_recipients(self, *, owner: str, limit: int = 100) -> Sequence[Recipient]: ...

    async def userdata_recipient_delete(self, *, owner: str, address: str) -> bool: ...

    async def userdata_recipients_used(
        self, *, owner: str, recipients: Sequence[tuple[str, str]]
    ) -> None: ...


def find_userdata(request: web.Request) -> Userdata | None:
    """What keeps things for users, or ``None`` where no plugin does."""
    hooks = request.app[HOST].hooks
    # Hooks are made by plugins, so no type can promise them; the protocol says what is used.
    return cast(Userdata, hooks) if hasattr(hooks, "userdata_preferences") else None


def userdata_of(request: web.Request) -> Userdata:
    """What keeps things for users; a page that needs it is not found where no plugin does."""
    userdata = find_userdata(request)
    if userdata is None:
        raise not_found()
    return userdata
