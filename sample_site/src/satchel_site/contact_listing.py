"""A page of the address book as the list shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from satchel.mail.addresses import Address
from satchel_site.address_book import Contact, ContactGroup, ContactPage
from satchel_site.addresses import with_query

PAGE = 50


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One contact; ``entries`` are its addresses as they stand in a message."""

    id: str
    person: Address
    title: str
    addresses: str
    organization: str
    entries: tuple[str, ...]

    @property
    def url(self) -> str:
        """The page of this contact."""
        return f"/contacts/{self.id}"


@dataclass(frozen=True, slots=True)
class ContactListing:
    """Some contacts, of all, of a group, or of those that were found."""

    url: str
    rows: tuple[ContactRow, ...]
    groups: tuple[ContactGroup, ...]
    group: ContactGroup | None
    query: str
    page: int
    total: int

    @property
    def label(self) -> str:
        """What is listed."""
        return self.group.name if self.group else "All contacts"

    @property
    def newer_url(self) -> str:
        """The page before this one, or nothing."""
        return self._at(self.page - 1) if self.page > 1 else ""

    @property
    def older_url(self) -> str:
        """The page after this one, or nothing."""
        return self._at(self.page + 1) if self.page * PAGE < self.total else ""

    @property
    def span(self) -> str:
        """Which of them are shown."""
        first = (self.page - 1) * PAGE + 1
        return f"{first:,}\u2013{first + len(self.rows) - 1:,} of {self.total:,}"

    def group_url(self, id: str) -> str:
        """The list of a group, or of all contacts."""
        return with_query(self.url, group=id)

    def _at(self, number: int) -> str:
        group = self.group.id if self.group else ""
        return with_query(self.url, q=self.query, group=group, page=number if number > 1 else 0)


def make_contact_listing(
    url: str,
    found: ContactPage,
    groups: Sequence[ContactGroup],
    group: ContactGroup | None,
    query: str,
    page: int,
) -> ContactListing:
    """Put a page of contacts into the words of the list."""
    rows = tuple(map(_row, found.contacts))
    return ContactListing(url, rows, tuple(groups), group, query, page, found.total)


def entry(name: str, address: str) -> str:
    """Somebody as they stand in To, Cc or Bcc."""
    return str(Address(name, address))


def _row(contact: Contact) -> ContactRow:
    first = contact.addresses[0] if contact.addresses else ""
    return ContactRow(
        contact.id,
        Address(contact.name, first),
        contact.name or first,
        ", ".join(contact.addresses if contact.name else contact.addresses[1:]),
        contact.organization,
        tuple(entry(contact.name, address) for address in contact.addresses),
    )
