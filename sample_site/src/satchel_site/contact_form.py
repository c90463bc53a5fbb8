"""The form of a contact: as it is filled in, as it comes back, and beside another's change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from satchel_site.address_book import Contact, ContactGroup
from satchel_site.forms import Form

LABELS = {
    "name": "Name",
    "addresses": "Email addresses",
    "organization": "Organization",
    "phone": "Phone",
    "notes": "Notes",
    "groups": "Groups",
}


@dataclass(frozen=True, slots=True)
class ContactForm:
    """The fields of a contact; addresses stand one a line, and ``groups`` are ids."""

    name: str = ""
    addresses: str = ""
    organization: str = ""
    phone: str = ""
    notes: str = ""
    groups: tuple[str, ...] = ()
    revision: str = ""

    @classmethod
    def of(cls, contact: Contact) -> Self:
        """The form of a kept contact."""
        return cls(
            contact.name,
            "\n".join(contact.addresses),
            contact.organization,
            contact.phone,
            contact.notes,
            tuple(contact.groups),
            str(contact.revision),
        )

    @classmethod
    def read(cls, form: Form) -> Self:
        """The form as it came back."""
        return cls(
            form.one("name"),
            form.one("addresses"),
            form.one("organization"),
            form.one("phone"),
            form.one("notes"),
            form.many("group"),
            form.one("revision"),
        )

    @property
    def expect(self) -> int | None:
        """The revision that the page showed."""
        return int(self.revision) if self.revision.isdecimal() and len(self.revision) < 10 else None

    @property
    def lines(self) -> Sequence[str]:
        """The addresses that were typed."""
        return [line.strip() for line in self.addresses.split("\n") if line.strip()]

    def differences(
        self, kept: Self, groups: Sequence[ContactGroup]
    ) -> Sequence[tuple[str, str, str]]:
        """What differs from what is kept now: the label, this form's words, and the kept ones."""
        found = [(label, self._words(name, groups), kept._words(name, groups))
                 for name, label in LABELS.items()]  # fmt: skip
        return [(label, mine, theirs) for label, mine, theirs in found if mine != theirs]

    def _words(self, name: str, groups: Sequence[ContactGroup]) -> str:
        if name == "groups":
            return ", ".join(group.name for group in groups if group.id in self.groups)
        if name == "addresses":
            return "\n".join(self.lines)
        return str(getattr(self, name)).strip()
