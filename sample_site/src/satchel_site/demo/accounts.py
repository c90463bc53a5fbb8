"""The two people who live in the demo."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

PEOPLE = (("ada@satchel.example", "Ada Winter"), ("ben@satchel.example", "Ben Okafor"))

# No letter or digit that can be taken for another when it is typed from a screen.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Somebody who can sign in to the demo's mail servers."""

    address: str
    password: str
    name: str


def load_accounts(folder: Path) -> tuple[DemoAccount, ...]:
    """Return the demo's accounts, with the passwords kept in this folder.

    Each password is made up once for a data folder and kept there, readable by its owner
    alone: it stays the same from start to start, so a browser may remember it, and it is
    nobody else's, so a demo shown to a whole network is not open to whoever knows satchel.
    """
    path = folder / "passwords.json"
    if not path.exists():
        _write_passwords(path)
    passwords: dict[str, str] = json.loads(path.read_text("utf-8"))
    return tuple(DemoAccount(address, passwords[address], name) for address, name in PEOPLE)


def _write_passwords(path: Path) -> None:
    passwords = {address: _make_password() for address, _ in PEOPLE}
    partial = path.with_name("passwords.partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(passwords, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)


def _make_password() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))
    return "-".join(groups)
