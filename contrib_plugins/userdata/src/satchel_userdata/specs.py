"""The hooks of this plugin.

An owner is the digest that the host gives to an account. What is refused raises ``Rejected`` with
words for the user; what is gone or was changed meanwhile raises ``Conflict``. Whoever has just
written something reads it again, on every node.
"""

from collections.abc import Mapping, Sequence

from satchel_hookspecs import hookspec
from satchel_userdata.contact import Contact, ContactGroup, ContactPage
from satchel_userdata.identity import Identity
from satchel_userdata.recipient import Recipient, Suggestion


class UserdataSpecs:
    """Everything but ``userdata_contacts_search`` is answered by this plugin alone."""

    @hookspec("store")
    async def userdata_preferences(self, owner: str) -> Mapping[str, object]:
        """Every setting that the owner has changed, by name; values are what JSON can say."""
        raise NotImplementedError

    @hookspec("store")
    async def userdata_preferences_set(self, owner: str, changes: Mapping[str, object]) -> None:
        """Change these settings and no others, all or none; ``None`` goes back to the default."""
        raise NotImplementedError

    @hookspec("store")
    async def userdata_identities(self, owner: str) -> Sequence[Identity]:
        """The owner's identities, the standard one first."""
        raise NotImplementedError

    @hookspec("store")
    async def userdata_identity_save(
        self,
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
    ) -> Identity:
        """Replace the identity of this id, or add one (``None``).

        ``standard`` makes it the standard one; false leaves that as it is. With ``expect``, a
        revision, a change by somebody else is ``Conflict(current)``.
        """
        raise NotImplementedError

    @hookspec("store")
    async def userdata_identity_delete(self, owner: str, id: str) -> bool:
        """Delete an identity; false when there was none."""
        raise NotImplementedError

    @hookspec("store")
    async def userdata_contacts(
        self, owner: str, text: str = "", group: str | None = None, first: int = 0, limit: int = 50
    ) -> ContactPage:
        """The contacts that hold every word of ``text``, by name, from number ``first`` on."""
        raise NotImplementedError

    @hookspec("store")
    async def userdata_contact(self, owner: str, id: str) -> Contact | None:
        """One contact, or ``None``."""
        raise NotImplementedError

    @hookspec("store")
    async def userdata_contact_save(
        self,
        owner: str,
        name: str,
        addresses: Sequence[str],
        id: str | None = None,
        organization: str = "",
        phone: str = "",
        notes: str = "",
        groups: Sequence[str] | None = None,
        expect: int | None = None,
    ) -> Contact:
        """Replace the contact of this id, or add one (``None``).

        ``groups`` are ids; ``None`` leaves it in those where it is. With ``expect``, a revision, a
        change by somebody else is ``Conflict(current)``.
        """
        raise NotImplementedError

    @hookspec("store")
    async def userdata_contacts_delete(self, owner: str, ids: Sequence[str]) -> int:
        """Delete contacts, and count those that were there."""
        raise NotImplementedError

    @hookspec("store")
    async def userdata_groups(self, owner: str) -> Sequence[ContactGroup]:
        """The groups of the owner's contacts, by name."""
        raise NotImplementedError

    @hookspec("store")
    async def userdata_group_save(
        self, owner: str, name: str, id: str | None = None
    ) -> ContactGroup:
        """Name a group, or add one (``None``); each name is there once."""
        raise NotImplementedError

    @hookspec("store")
    async def userdata_group_delete(self, owner: str, id: str) -> bool:
        """Delete a group and none of its contacts; false when there was none."""
        raise NotImplementedError

    @hookspec("store")
    async def userdata_group_change(
        self, owner: str, id: str, add: Sequence[str] = (), drop: Sequence[str] = ()
    ) -> None:
        """Put contacts into a group, and take others out of it, all or none."""
        raise NotImplementedError

    @hookspec("store")
    async def userdata_suggest(
        self, owner: str, text: str, limit: int = 10
    ) -> Sequence[Suggestion]:
        """Whom the user may mean who has typed ``text``, each address once.

        First those in whom a word begins with what was typed; among them those who were written to
        last. A source that fails or is slow is left out.
        """
        raise NotImplementedError

    @hookspec("gather")
    async def userdata_contacts_search(
        self, owner: str, text: str, limit: int
    ) -> Sequence[Suggestion]:
        """Answer with people of another source, such as a directory, who fit to ``text``.

        Called for ``userdata_suggest``, which ranks them and waits for a second.
        """
        raise NotImplementedError

    @hookspec("store")
    async def userdata_recipients(self, owner: str, limit: int = 100) -> Sequence[Recipient]:
        """Whom the owner wrote to, the last ones first."""
        raise NotImplementedError

    @hookspec("store")
    async def userdata_recipients_used(
        self, owner: str, recipients: Sequence[tuple[str, str]]
    ) -> None:
        """Remember that the owner wrote to these, each a name and an address."""
        raise NotImplementedError

    @hookspec("store")
    async def userdata_recipient_delete(self, owner: str, address: str) -> bool:
        """Forget a recipient; false when there was none."""
        raise NotImplementedError

    @hookspec("store")
    async def userdata_cache_read(self, owner: str, name: str) -> bytes | None:
        """What was cached under this name, or ``None`` when it is not there or over its time."""
        raise NotImplementedError

    @hookspec("store")
    async def userdata_cache_write(self, owner: str, name: str, value: bytes, ttl: int) -> None:
        """Cache a value for ``ttl`` seconds."""
        raise NotImplementedError

    @hookspec("store")
    async def userdata_cache_delete(self, owner: str, name: str) -> bool:
        """Forget a value; false when there was none."""
        raise NotImplementedError

    @hookspec("store")
    async def userdata_delete(self, owner: str) -> None:
        """Delete everything of an owner."""
        raise NotImplementedError
