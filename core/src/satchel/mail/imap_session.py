"""One signed-in IMAP connection, used from one thread at a time."""

import contextlib
import logging
import selectors
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import (
    CapabilityError,
    IMAPClientAbortError,
    IMAPClientError,
    IMAPClientReadOnlyError,
    LoginError,
    ProtocolError,
)

from satchel.mail.errors import (
    FolderChanged,
    FolderMissing,
    FolderNameRefused,
    LoginRefused,
    MailServerRefused,
    MailServerUnavailable,
)
from satchel.mail.server import Credentials, MailServer

T = TypeVar("T")

_NOT_NOW = ("[UNAVAILABLE]", "[SERVERBUG]", "[INUSE]", "[LIMIT]", "command error: BAD")
_log = logging.getLogger(__name__)


class ImapSession:
    """An IMAPClient that remembers what is selected. Its methods block."""

    def __init__(self, client: IMAPClient) -> None:
        self.client = client
        self.exists = 0
        self.uidvalidity = 0
        self._selected: tuple[str, bool] | None = None
        self._in_use = threading.Lock()
        self._is_over = False

    def call(self, action: Callable[["ImapSession"], T]) -> T:
        """Return what the action returns; nobody closes the socket under it."""
        try:
            with self._in_use:
                return action(self)
        finally:
            if self._is_over:
                self._close()

    def select(self, folder: str, uidvalidity: int | None, *, writable: bool = False) -> None:
        """Have the folder selected, as it is now.

        Raises `FolderMissing`, and `FolderChanged` if its UIDVALIDITY is not the one given.
        """
        check_folder_name(folder)
        self._selected = None
        try:
            answer = self.client.select_folder(folder, readonly=not writable)
        except IMAPClientReadOnlyError as error:
            raise MailServerRefused("change this folder", "it can only be read") from error
        except (IMAPClientAbortError, ProtocolError):
            raise
        except IMAPClientError as error:
            raise FolderMissing(folder) from error
        self.exists = int(answer.get(b"EXISTS", 0))
        self.uidvalidity = int(answer.get(b"UIDVALIDITY", 0))
        self._selected = (folder, writable)
        self._check_uidvalidity(folder, uidvalidity)

    def keep_selected(self, folder: str, uidvalidity: int | None) -> None:
        """Have the folder selected, without asking again if it still is."""
        if self._selected and self._selected[0] == folder:
            self._check_uidvalidity(folder, uidvalidity)
        else:
            self.select(folder, uidvalidity)

    def has(self, capability: str) -> bool:
        """Whether the server offers this extension."""
        return bool(self.client.has_capability(capability))

    def is_quiet(self) -> bool:
        """Whether the server has said nothing since the last answer: no BYE, no hanging up."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.client.socket(), selectors.EVENT_READ)
            return not selector.select(0)

    def noop(self) -> None:
        """Ask whether the server is still there."""
        self.client.noop()

    def logout(self) -> None:
        """Say good-bye and hang up, within two seconds."""
        try:
            self.client.socket().settimeout(2.0)
            self.client.logout()
        except (IMAPClientError, OSError) as error:
            _log.debug("the IMAP server did not take the good-bye: %s", error)
        finally:
            self.hang_up()

    def hang_up(self) -> None:
        """End the connection, from any thread: a thread that waits for an answer wakes up."""
        self._is_over = True
        # The plain socket is shut down even under TLS, whose own shutdown would change the
        # object that another thread is reading from.
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self.client.socket(), socket.SHUT_RDWR)
        self._close()

    def _close(self) -> None:
        """Free the socket, or leave it to the call that still uses it."""
        if self._in_use.acquire(blocking=False):
            try:
                with contextlib.suppress(OSError):
                    self.client.shutdown()
            finally:
                self._in_use.release()

    def _check_uidvalidity(self, folder: str, uidvalidity: int | None) -> None:
        if uidvalidity is not None and uidvalidity != self.uidvalidity:
            raise FolderChanged(folder)


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


def check_folder_name(name: str) -> None:
    """Refuse a name that would end the command it stands in, or that no folder has."""
    if not name or len(name) > 1000 or any(not c.isprintable() and c != "\u3000" for c in name):
        raise FolderNameRefused(name)


@contextlib.contextmanager
def refusals(action: str) -> Iterator[None]:
    """Turn a server's plain no into `MailServerRefused`; what broke the dialogue stays itself."""
    try:
        yield
    except (IMAPClientAbortError, ProtocolError):
        raise
    except IMAPClientError as error:
        if "failed:" not in str(error):
            raise
        raise MailServerRefused(action, str(error).partition("failed:")[2]) from error


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
