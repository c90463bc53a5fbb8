"""A person with a mailbox on the test servers."""

from dataclasses import dataclass

DOMAIN = "example.test"


@dataclass(frozen=True, slots=True)
class Account:
    """What somebody types to sign in."""

    address: str
    password: str


def name_account(name: str) -> Account:
    """Return the account that a name stands for on the test servers."""
    return Account(f"{name}@{DOMAIN}", f"secret of {name}")
