"""The folders as the navigation shows them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from satchel.mail.folders import Folder
from satchel_site.addresses import folder_url

UNCOUNTED = frozenset({"drafts", "sent", "trash"})


@dataclass(frozen=True, slots=True)
class FolderLine:
    """One line of the navigation; ``url`` is empty for a folder that holds only folders."""

    name: str
    label: str
    icon: str
    unread: int
    depth: int
    url: str
    starts_group: bool


def folder_lines(folders: Sequence[Folder]) -> tuple[FolderLine, ...]:
    """Return the folders with a role first, a rule, then all others."""
    return tuple(_lines(folders))


def folder_label(folder: Folder) -> str:
    """The name that a person knows the folder by."""
    return "Inbox" if folder.role == "inbox" else folder.label


def _lines(folders: Sequence[Folder]) -> Iterator[FolderLine]:
    was_special = False
    for folder in folders:
        is_special = folder.role is not None
        yield FolderLine(
            folder.name,
            folder_label(folder),
            folder.role or "folder",
            0 if folder.role in UNCOUNTED else folder.unread or 0,
            folder.depth,
            folder_url(folder.name) if folder.is_selectable else "",
            was_special and not is_special and folder.depth == 0,
        )
        was_special = is_special or (was_special and folder.depth > 0)
