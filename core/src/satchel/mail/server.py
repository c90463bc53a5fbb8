"""Where a mail server is and who signs in there."""

import functools
import ssl
from dataclasses import dataclass, field
from typing import Literal

Tls = Literal["implicit", "starttls", "opportunistic", "none"]


@dataclass(frozen=True, slots=True)
class MailServer:
    """One IMAP or SMTP server.

    `implicit` speaks TLS from the first byte and `starttls` insists on the upgrade.
    `opportunistic` upgrades where SMTP offers it, but never signs in without TLS; for IMAP it
    is the same as `starttls`. A certificate is always verified, against `ca_file` if given.
    """

    host: str
    port: int
    tls: Tls = "implicit"
    ca_file: str | None = None
    timeout: float = 20.0

    def tls_context(self) -> ssl.SSLContext:
        """Return the context that verifies this server's certificate."""
        return _tls_context(self.ca_file)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name with its password, or with a bearer token for `xoauth2`."""

    username: str
    password: str = field(repr=False)
    method: Literal["password", "xoauth2"] = "password"

    @property
    def usable(self) -> bool:
        """Whether both can be told to a server: not empty, and no control characters."""
        both = self.username + self.password
        printable = all(c >= " " and c != "\x7f" and not "\ud800" <= c <= "\udfff" for c in both)
        return bool(self.username) and bool(self.password) and printable

    def xoauth2(self) -> str:
        """Return the initial answer of the XOAUTH2 mechanism."""
        return f"user={self.username}\x01auth=Bearer {self.password}\x01\x01"


@functools.lru_cache(maxsize=16)
def _tls_context(ca_file: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
