"""The demo's mail: an IMAP and an SMTP server in this process, over one folder of data."""

import asyncio
import fcntl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from satchel_site.demo.accounts import DemoAccount, load_accounts
from satchel_site.demo.folders import Folders
from satchel_site.demo.imap import serve_imap
from satchel_site.demo.mailbox import Mailbox
from satchel_site.demo.maildir import INBOX
from satchel_site.demo.seed import seed_account
from satchel_site.demo.smtp import Resident, serve_smtp


class DataInUse(Exception):
    """Another demo runs on the same folder of data."""


@dataclass(frozen=True, slots=True)
class DemoMail:
    """Where the demo's mail servers listen, and who can sign in to them."""

    host: str
    imap_port: int
    smtp_port: int
    accounts: tuple[DemoAccount, ...]


@asynccontextmanager
async def demo_mail(data: Path, host: str = "127.0.0.1") -> AsyncIterator[DemoMail]:
    """Run an IMAP and an SMTP server in this event loop until the context is left.

    Everything is kept in `data/mail`: messages, folders, flags and passwords. The first start
    fills the mailboxes, as of today; later ones find them as they were left. A second demo on
    the same data is a `DataInUse`.
    """
    home = data / "mail"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(home):
        accounts = await asyncio.to_thread(_prepare, home)
        folders = {account.address: Folders(home / account.address) for account in accounts}
        inboxes = {name: await each.get_mailbox(INBOX) for name, each in folders.items()}
        people = [(account, folders[account.address]) for account in accounts]
        residents = {one.address: _settle(one, inboxes[one.address]) for one in accounts}
        async with serve_imap(people, host) as imap, serve_smtp(residents, host) as smtp:
            yield DemoMail(host, imap, smtp, accounts)


def _settle(account: DemoAccount, inbox: Mailbox) -> Resident:
    return Resident(account, inbox.folder, inbox.refresh)


def _prepare(home: Path) -> tuple[DemoAccount, ...]:
    accounts = load_accounts(home)
    for account in accounts:
        seed_account(home / account.address, account.address, date.today())  # noqa: DTZ011
    for leftover in (file for one in accounts for file in (home / one.address).glob("**/tmp/*")):
        leftover.unlink()
    return accounts


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DataInUse(
                f"Another demo is running on '{home.parent}'. Stop it, or choose another folder "
                "with --data."
            ) from error
        yield
