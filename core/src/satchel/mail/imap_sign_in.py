"""Connecting to an IMAP server, encrypting and signing in. All of it blocks."""

import socket
import ssl

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import (
    CapabilityError,
    IMAPClientAbortError,
    IMAPClientError,
    LoginError,
)

from satchel.mail.errors import LoginRefused, MailServerUnavailable
from satchel.mail.imap_session import ImapSession
from satchel.mail.server import Credentials, MailServer

_NOT_NOW = ("[UNAVAILABLE]", "[SERVERBUG]", "[INUSE]", "[LIMIT]", "command error: BAD")


def open_session(server: MailServer, credentials: Credentials) -> ImapSession:
    """Connect and sign in. `LoginRefused` for a wrong password, else `MailServerUnavailable`."""
    if not credentials.usable:
        raise LoginRefused
    client = _connect(server)
    try:
        _sign_in(client, credentials)
        # What was offered before the sign-in does not count after it.
        client._cached_capabilities = None
        client.capabilities()
    except BaseException:
        ImapSession(client).hang_up()
        raise
    return ImapSession(client)


def _connect(server: MailServer) -> IMAPClient:
    where = f"The mail server “{server.host}”"
    try:
        return _encrypted(server)
    except CapabilityError as error:
        raise MailServerUnavailable(
            f"{where} does not offer encryption (STARTTLS), which the settings require."
        ) from error
    except ssl.SSLCertVerificationError as error:
        raise MailServerUnavailable(
            f"{where} has a certificate that cannot be trusted: {error.verify_message}."
        ) from error
    except TimeoutError as error:
        raise MailServerUnavailable(f"{where} did not answer in time.") from error
    except (IMAPClientError, OSError, ValueError) as error:
        raise MailServerUnavailable(f"{where} cannot be reached.") from error


def _encrypted(server: MailServer) -> IMAPClient:
    is_implicit = server.tls == "implicit"
    client = IMAPClient(
        server.host,
        server.port,
        ssl=is_implicit,
        ssl_context=server.tls_context() if is_implicit else None,
        timeout=SocketTimeout(connect=server.timeout, read=server.timeout),
    )
    try:
        client._imap.debug = 0  # IMAPClient sets 5, which formats every line for its log
        client.normalise_times = False
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not client.welcome.startswith(b"* OK"):
            raise MailServerUnavailable(f"The mail server “{server.host}” lets nobody sign in now.")
        if server.tls in {"starttls", "opportunistic"}:
            client.starttls(server.tls_context())
    except BaseException:
        ImapSession(client).hang_up()
        raise
    return client


def _sign_in(client: IMAPClient, credentials: Credentials) -> None:
    try:
        if credentials.method == "xoauth2":
            client.oauth2_login(credentials.username, credentials.password)
        elif "AUTH=PLAIN" in client._imap.capabilities:
            client.plain_login(credentials.username, credentials.password)
        else:
            # imaplib puts the password in quotes, but not the name.
            client.login(client._imap._quote(credentials.username), credentials.password)
    except UnicodeEncodeError as error:
        raise LoginRefused from error
    except (LoginError, OSError) as error:
        is_lost = isinstance(error, OSError) or isinstance(error.__context__, IMAPClientAbortError)
        if is_lost or any(sign in str(error) for sign in _NOT_NOW):
            raise MailServerUnavailable("The mail server cannot check the password now.") from error
        raise LoginRefused from error
