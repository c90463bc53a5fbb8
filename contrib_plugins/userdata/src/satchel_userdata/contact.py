"""A contact: somebody in the address book of a user."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody with any number of addresses, the first one preferred; in groups, by their ids.

    ``revision`` counts the changes.
    """

    id: str
    name: str
    addresses: tuple[str, ...]
    organization: str
    phone: str
    notes: str
    groups: tuple[str, ...]
    revision: int


@dataclass(frozen=True, slots=True)
class ContactGroup:
    """A group of contacts, and how many are in it."""

    id: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class ContactPage:
    """Some of the contacts that were asked for, by name, and how many there are in all."""

    contacts: tuple[Contact, ...]
    total: int
