"""One signed-in IMAP connection, used from one thread at a time."""

import contextlib
import logging
import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from imapclient import IMAPClient
from imapclient.exceptions import (
    IMAPClientAbortError,
    IMAPClientError,
    IMAPClientReadOnlyError,
    ProtocolError,
)

from satchel.mail.errors import (
    FolderChanged,
    FolderMissing,
    FolderNameRefused,
    MailServerRefused,
)

T = TypeVar("T")

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
