"""What one account has in its folders, seen past the product through IMAP."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from imapclient import IMAPClient

from tests.servers.account import Account

POLL_EVERY = 0.02


class Mailbox:
    """One account's folders; each call signs in afresh and sees the truth of that moment."""

    def __init__(self, host: str, port: int, account: Account) -> None:
        """Look at an account through the IMAP server at this address."""
        self.account = account
        self._host = host
        self._port = port

    @contextmanager
    def connect(self) -> Iterator[IMAPClient]:
        """Yield a signed-in connection, for what the methods here don't offer."""
        with IMAPClient(self._host, self._port, ssl=False, timeout=20) as client:
            client.login(self.account.address, self.account.password)
            yield client

    def deliver(
        self, message: bytes, folder: str = "INBOX", flags: Sequence[str | bytes] = ()
    ) -> None:
        """Put a message into a folder."""
        with self.connect() as client:
            client.append(folder, message, flags)

    def create_folder(self, folder: str) -> None:
        """Create a folder and subscribe to it."""
        with self.connect() as client:
            client.create_folder(folder)
            client.subscribe_folder(folder)

    def list_folders(self) -> list[str]:
        """Return the names of all folders."""
        with self.connect() as client:
            return [name for _, _, name in client.list_folders()]

    def count(self, folder: str = "INBOX") -> int:
        """Return how many messages a folder holds."""
        with self.connect() as client:
            return int(client.folder_status(folder, ["MESSAGES"])[b"MESSAGES"])

    def fetch(self, folder: str = "INBOX") -> list[bytes]:
        """Return the messages of a folder, oldest first, and leave them unread."""
        with self.connect() as client:
            client.select_folder(folder, readonly=True)
            return _bodies(client)

    def wait_for(self, count: int, folder: str = "INBOX", timeout: float = 20) -> list[bytes]:
        """Return the messages of a folder as soon as there are that many."""
        deadline = time.monotonic() + timeout
        with self.connect() as client:
            client.select_folder(folder, readonly=True)
            while len(client.search("ALL")) < count:
                if time.monotonic() > deadline:
                    present = len(client.search("ALL"))
                    raise TimeoutError(f"{folder} holds {present} messages, not {count}.")
                time.sleep(POLL_EVERY)
                client.noop()
            return _bodies(client)

    def clear(self) -> None:
        """Delete every message and every folder that the server does not make by itself."""
        with self.connect() as client:
            for flags, _, name in reversed(client.list_folders()):
                if {b"\\NonExistent", b"\\Noselect"} & set(flags):
                    continue
                client.select_folder(name)
                client.delete_messages(client.search("ALL"))
                client.close_folder()
                if name != "INBOX" and not _is_special(flags):
                    client.delete_folder(name)


def _bodies(client: IMAPClient) -> list[bytes]:
    found = client.fetch(client.search("ALL"), ["BODY.PEEK[]"])
    return [found[each][b"BODY[]"] for each in sorted(found)]


def _is_special(flags: Sequence[bytes]) -> bool:
    return bool({b"\\Drafts", b"\\Sent", b"\\Trash", b"\\Junk", b"\\Archive"} & set(flags))
