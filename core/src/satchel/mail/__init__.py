"""Mail: addresses, messages written as streams, SMTP and IMAP.

A message is an `OutgoingMessage`; it leaves through `SmtpClient`. Received mail is read through
an `Account`, which an `ImapPool` gives. Whatever goes wrong is a `MailError` with a `text`.
"""

from satchel.mail.account import Account
from satchel.mail.addresses import Address, parse_addresses
from satchel.mail.message import OutgoingMessage
from satchel.mail.part import Part
from satchel.mail.pool import ImapPool
from satchel.mail.search import Search
from satchel.mail.server import Credentials, MailServer
from satchel.mail.smtp import SmtpClient

__all__ = [
    "Account",
    "Address",
    "Credentials",
    "ImapPool",
    "MailServer",
    "OutgoingMessage",
    "Part",
    "Search",
    "SmtpClient",
    "parse_addresses",
]
