"""The accounts that a demo offers on its sign-in page."""

from dataclasses import dataclass, field

from aiohttp import web


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account that everybody may use; there are none outside a demo."""

    mailbox: str
    name: str
    password: str = field(repr=False)


KNOWN_ACCOUNTS: web.AppKey[tuple[KnownAccount, ...]] = web.AppKey("known_accounts", tuple)
