"""What a page needs of the host: who is asking, and what belongs to them."""

import hashlib
from collections.abc import Awaitable, Callable
from functools import wraps

from aiohttp import web

import satchel
from satchel.attachments import Attachments
from satchel.mail.account import Account
from satchel.mail.pool import ImapPool
from satchel.mail.server import Credentials, MailServer
from satchel.sending import Drafts, Sending
from satchel.sending.filing import Filing
from satchel.sessions.session import Session
from satchel.sessions.throttle import Throttle
from satchel.settings import Settings
from satchel.setup import HOST
from satchel_site.refusal import Refusal

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CREDENTIALS = "credentials"
SIGN_IN_AGAIN = "Your session has ended. Sign in again; what you saved is still there."


def session_of(request: web.Request) -> Session:
    """The session of this request."""
    return satchel.session(request)


def files_of(request: web.Request) -> Attachments:
    """The attachments of whoever is signed in."""
    return satchel.attachments(request)


def account_of(request: web.Request) -> Account:
    """The mail of whoever is signed in."""
    return pool_of(request).account(credentials_of(request))


def drafts_of(request: web.Request) -> Drafts:
    """The drafts; every look-up names the owner."""
    return request.app[HOST].drafts


def sending_of(request: web.Request) -> Sending:
    """What sends messages."""
    return request.app[HOST].mail.sending


def filing_of(request: web.Request) -> Filing:
    """What keeps copies in the mailbox."""
    return request.app[HOST].mail.filing


def throttle_of(request: web.Request) -> Throttle:
    """What slows down guessing of passwords."""
    return request.app[HOST].throttle


def pool_of(request: web.Request) -> ImapPool:
    """The connections to the mail server."""
    return request.app[HOST].mail.imap


def client_of(request: web.Request) -> str:
    """The address of the client, as far as it can be believed."""
    return satchel.client(request)


def settings_of(request: web.Request) -> Settings:
    """The settings of this installation."""
    return request.app[HOST].settings


def credentials_of(request: web.Request) -> Credentials:
    """The name and the password for the mail server, out of the sealed session."""
    kept = session_of(request).get(CREDENTIALS)
    if not isinstance(kept, list) or len(kept) != 2:
        raise Refusal(401, SIGN_IN_AGAIN)
    return Credentials(str(kept[0]), str(kept[1]))


def owner_of_account(server: MailServer, address: str) -> str:
    """The owner's name in every store: it tells nobody whose it is.

    The port is no part of it: whoever turns on TLS keeps the contacts.
    """
    named = f"{server.host}\0{address.casefold()}"
    return hashlib.sha256(named.encode()).hexdigest()[:40]


def owner_of(request: web.Request) -> str:
    """Who is signed in."""
    owner = session_of(request).owner
    if owner is None:
        raise Refusal(401, SIGN_IN_AGAIN)
    return owner


def signed_in(handler: Handler) -> Handler:
    """Let only those in who have signed in; a page asked for by others leads to the sign-in."""

    @wraps(handler)
    async def guarded(request: web.Request) -> web.StreamResponse:
        session = session_of(request)
        if session.is_signed_in and CREDENTIALS in session:
            return await handler(request)
        is_page = request.method in {
            "GET",
            "HEAD",
        } and "application/json" not in request.headers.get("Accept", "")
        if not is_page:
            raise Refusal(401, SIGN_IN_AGAIN)
        raise web.HTTPSeeOther(
            str(request.rel_url.with_path("/sign-in").with_query(_next(request)))
        )

    return guarded


def _next(request: web.Request) -> dict[str, str]:
    path = request.rel_url.raw_path_qs
    return {} if path == "/" else {"next": path}
