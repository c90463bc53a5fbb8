"""The form of an identity: as it is filled in, as it comes back, and beside another's change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from satchel.mail.addresses import Address, check_mailbox, parse_addresses
from satchel.mail.errors import AddressError
from satchel_hookspecs import Rejected
from satchel_site.forms import Form
from satchel_site.identity import Identity
from satchel_site.quoting import text_of_html

LABELS = {
    "name": "Name",
    "address": "Email address",
    "reply_to": "Reply to",
    "bcc": "Always Bcc",
    "signature": "Signature",
}


@dataclass(frozen=True, slots=True)
class IdentityForm:
    """The fields of an identity."""

    name: str = ""
    address: str = ""
    reply_to: str = ""
    bcc: str = ""
    signature: str = ""
    standard: bool = False
    revision: str = ""

    @classmethod
    def of(cls, identity: Identity) -> Self:
        """The form of a kept identity; a signature in HTML becomes text."""
        signature = identity.signature
        return cls(
            identity.name,
            identity.address,
            identity.reply_to,
            identity.bcc,
            text_of_html(signature) if identity.signature_is_html else signature,
            identity.standard,
            str(identity.revision),
        )

    @classmethod
    def read(cls, form: Form) -> Self:
        """The form as it came back."""
        return cls(
            form.one("name").strip(),
            form.one("address").strip(),
            form.one("reply_to").strip(),
            form.one("bcc").strip(),
            form.one("signature").strip("\n"),
            form.one("standard") == "yes",
            form.one("revision"),
        )

    @property
    def expect(self) -> int | None:
        """The revision that the page showed."""
        return int(self.revision) if self.revision.isdecimal() and len(self.revision) < 10 else None

    def check(self) -> None:
        """Raise ``Rejected`` for what a header of a message could not hold as it is meant."""
        try:
            meant = Address(" ".join(self.name.split()), check_mailbox(self.address))
            for text in (self.reply_to, self.bcc):
                if text:
                    check_mailbox(text)
            if parse_addresses(str(meant)) != (meant,):
                raise Rejected("The name has a character that no message can carry.")
        except AddressError as error:
            raise Rejected(error.text) from error

    def differences(self, kept: Self) -> Sequence[tuple[str, str, str]]:
        """What differs from what is kept now: the label, this form's words, and the kept ones."""
        return [
            (label, getattr(self, name), getattr(kept, name))
            for name, label in LABELS.items()
            if getattr(self, name) != getattr(kept, name)
        ]
