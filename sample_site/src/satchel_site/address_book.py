"""The address book as a plugin keeps it: contacts, their groups, and others."""

from collections.abc import Sequence
from typing import Protocol


class Contact(Protocol):
    """Somebody with any number of addresses; in groups, by their ids."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def addresses(self) -> Sequence[str]: ...

    @property
    def organization(self) -> str: ...

    @property
    def phone(self) -> str: ...

    @property
    def notes(self) -> str: ...

    @property
    def groups(self) -> Sequence[str]: ...

    @property
    def revision(self) -> int: ...


class ContactGroup(Protocol):
    """A group of contacts, and how many are in it."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def size(self) -> int: ...


class ContactPage(Protocol):
    """Some of the contacts that were asked for, and how many there are in all."""

    @property
    def contacts(self) -> Sequence[Contact]: ...

    @property
    def total(self) -> int: ...


class Recipient(Protocol):
    """Somebody whom the user wrote to."""

    @property
    def name(self) -> str: ...

    @property
    def address(self) -> str: ...


class Suggestion(Protocol):
    """Somebody whom the user may mean."""

    @property
    def name(self) -> str: ...

    @property
    def address(self) -> str: ...

    @property
    def source(self) -> str: ...
