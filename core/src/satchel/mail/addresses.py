"""The strict reading of addresses that a user typed."""

import re
import unicodedata
from dataclasses import dataclass

import idna

from satchel.mail.errors import AddressError

MAX_ADDRESSES = 500
MAX_TEXT = 64 * 1024

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_QUOTED_NAME = re.compile(r'"((?:[^"\\]|\\.)*)"')
_NAMED = re.compile(r'\s*(?P<name>"(?:[^"\\]|\\.)*"|[^"<>]*?)\s*<(?P<mailbox>[^<>]*)>\s*')
_BARE_NAME = re.compile(r'[^()<>\[\]:;@\\,"]*')
_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Address:
    """A person's name, possibly empty, and the ASCII mailbox that mail goes to."""

    name: str
    mailbox: str

    def __str__(self) -> str:
        """Return the address as a user may type it; `parse_addresses` reads it back."""
        if not self.name:
            return self.mailbox
        if _BARE_NAME.fullmatch(self.name):
            return f"{self.name} <{self.mailbox}>"
        escaped = self.name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{self.mailbox}>'


def parse_addresses(text: str) -> tuple[Address, ...]:
    """Return the addresses in a list separated by commas or semicolons, without repeating any.

    What is doubtful is refused, never repaired: one bad piece raises `AddressError`, which names
    every bad piece. The part before the @ must be ASCII; a domain in other letters becomes
    punycode, so that what is shown is what the mail server is told.
    """
    if len(text) > MAX_TEXT:
        raise AddressError([(text, "is too long a list")])
    found: dict[str, Address] = {}
    refused = []
    for piece in _split(text):
        try:
            address = _parse_one(piece)
        except ValueError as error:
            refused.append((piece, str(error)))
        else:
            found.setdefault(address.mailbox, address)
    if refused:
        raise AddressError(refused)
    if len(found) > MAX_ADDRESSES:
        raise AddressError([(text, f"has more than {MAX_ADDRESSES} addresses")])
    return tuple(found.values())


def check_mailbox(text: str) -> str:
    """Return the mailbox as a server is told it, or raise `AddressError`."""
    try:
        return _mailbox(text)
    except ValueError as error:
        raise AddressError([(text, str(error))]) from None


def _split(text: str) -> list[str]:
    """Cut at commas and semicolons that are not inside quotes or angle brackets."""
    pieces = [""]
    quoted = escaped = angled = False
    for c in text:
        if c in ",;" and not quoted and not angled:
            pieces.append("")
            continue
        if not escaped and c == '"':
            quoted = not quoted
        elif not quoted and c in "<>":
            angled = c == "<"
        escaped = quoted and c == "\\" and not escaped
        pieces[-1] += c
    return [piece.strip(" \t") for piece in pieces if piece.strip(" \t")]


def _parse_one(piece: str) -> Address:
    if any(_is_forbidden(c) for c in piece):
        raise ValueError("has a line break or another character that no address may have")
    if ":" in _QUOTED_NAME.sub("", piece):
        raise ValueError("is a group or has a colon; write the addresses one by one")
    named = _NAMED.fullmatch(piece)
    if named:
        return Address(_name(named["name"]), _mailbox(named["mailbox"].strip(" ")))
    if "<" in piece or ">" in piece:
        raise ValueError("has an angle bracket too few or too many")
    return Address("", _mailbox(piece))


def _name(text: str) -> str:
    quoted = _QUOTED_NAME.fullmatch(text)
    if quoted:
        return re.sub(r"\\(.)", r"\1", quoted[1]).strip()
    if not _BARE_NAME.fullmatch(text):
        raise ValueError("has a name with special characters; put the name in quotes")
    return " ".join(text.split())


def _mailbox(text: str) -> str:
    if text.count("@") != 1:
        raise ValueError("has no @" if "@" not in text else "has more than one @")
    local, _, domain = text.partition("@")
    if not local.isascii():
        raise ValueError("has letters before the @ that most mail servers do not accept")
    if not _LOCAL.fullmatch(local) or local[0] in ".-" or local[-1] == "." or ".." in local:
        raise ValueError("is not a complete address")
    mailbox = f"{local}@{_domain(domain)}"
    if len(mailbox) > 254:
        raise ValueError("is too long")
    return mailbox


def _domain(text: str) -> str:
    try:
        domain = text.lower() if text.isascii() else _punycode(text)
    except UnicodeError:
        raise ValueError("has a domain that cannot exist") from None
    labels = domain.split(".")
    if len(domain) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("has a domain that cannot exist")
    if labels[-1].isdigit():
        raise ValueError("has a number where its domain should be")
    return domain


def _punycode(text: str) -> str:
    return idna.encode(unicodedata.normalize("NFC", text), uts46=True).decode("ascii")


def _is_forbidden(c: str) -> bool:
    if c == "\t":
        return False
    return unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} or c in _DIRECTION_MARKS
