"""The folders of one account of the demo."""

from pathlib import Path

from pymap.backend.mailbox import MailboxSetInterface
from pymap.exceptions import MailboxHasChildren, NotAllowedError
from pymap.listtree import ListTree
from pymap.parsing.specials import ObjectId

from satchel_site.demo.mailbox import Mailbox
from satchel_site.demo.maildir import (
    INBOX,
    UnusableName,
    create_folder,
    delete_folder,
    folder_names,
    folder_path,
    replacing,
)

_DELIMITER = "/"


class Folders(MailboxSetInterface[Mailbox]):
    """All folders of an account, shared by its connections."""

    def __init__(self, account: Path) -> None:
        self._account = account
        self._open: dict[str, Mailbox] = {}
        self._list = account / "subscriptions"

    @property
    def delimiter(self) -> str:
        return _DELIMITER

    async def set_subscribed(self, name: str, subscribed: bool) -> None:
        names = self._subscribed() - {name} | ({name} if subscribed else set())
        with replacing(self._list) as partial:
            partial.write_text("".join(f"{name}\n" for name in sorted(names)), "utf-8")

    async def list_subscribed(self) -> ListTree:
        wanted = self._subscribed()
        names = [name for name in folder_names(self._account) if name in wanted]
        return ListTree(_DELIMITER).update(INBOX, *names)

    async def list_mailboxes(self) -> ListTree:
        return ListTree(_DELIMITER).update(INBOX, *folder_names(self._account))

    async def get_mailbox(self, name: str) -> Mailbox:
        name = INBOX if name.upper() == INBOX else name
        mailbox = self._open.get(name)
        if mailbox is None:
            mailbox = self._open[name] = Mailbox(self._existing(name))
        mailbox.refresh()
        return mailbox

    async def add_mailbox(self, name: str) -> ObjectId:
        try:
            create_folder(self._usable(name))
        except FileExistsError as error:
            raise ValueError(name) from error
        return (await self.get_mailbox(name)).mailbox_id

    async def delete_mailbox(self, name: str) -> None:
        path = self._existing(name)
        if any(other.startswith(name + _DELIMITER) for other in folder_names(self._account)):
            raise MailboxHasChildren(name)
        self._open.pop(name, None)
        delete_folder(path)

    async def rename_mailbox(self, before: str, after: str) -> None:
        if INBOX in (before.upper(), after.upper()):
            raise NotAllowedError("The inbox keeps its name.")
        names = folder_names(self._account)
        if not any(name == before or name.startswith(before + _DELIMITER) for name in names):
            raise KeyError(before)
        if after in names or after.startswith(before + _DELIMITER):
            raise ValueError(after)
        self._usable(after)
        for name in names:
            if name == before or name.startswith(before + _DELIMITER):
                self._rename(name, after + name.removeprefix(before))

    def _rename(self, before: str, after: str) -> None:
        self._existing(before).rename(self._usable(after))
        mailbox = self._open.pop(before, None)
        if mailbox is not None:
            mailbox.folder = self._usable(after)
            self._open[after] = mailbox

    def _existing(self, name: str) -> Path:
        try:
            path = folder_path(self._account, name)
        except UnusableName as error:
            raise KeyError(name) from error
        if not path.is_dir():
            raise KeyError(name)
        return path

    def _usable(self, name: str) -> Path:
        try:
            return folder_path(self._account, name)
        except UnusableName as error:
            raise NotAllowedError(str(error)) from error

    def _subscribed(self) -> set[str]:
        return set(self._list.read_text("utf-8").splitlines()) if self._list.exists() else set()
