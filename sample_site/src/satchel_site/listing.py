"""A page of a folder as the list shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from satchel.mail.addresses import Address
from satchel.mail.folders import Folder
from satchel.mail.listing import Page, Summary
from satchel_site.addresses import folder_url, message_url, with_query
from satchel_site.folder_lines import folder_label

NOBODY = Address("", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One message of the list."""

    uid: int
    url: str
    sender: Address
    who: str
    subject: str
    date: datetime
    seen: bool
    answered: bool
    flagged: bool
    has_files: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a folder, or of what was found in it."""

    folder: str
    label: str
    icon: str
    url: str
    uidvalidity: int
    query: str
    page: int
    pages: int
    total: int
    first: int
    last: int
    unread: int
    can_archive: bool
    rows: tuple[Row, ...]

    @property
    def newer_url(self) -> str:
        """The page before this one, or nothing."""
        return self._page(self.page - 1) if self.page > 1 else ""

    @property
    def older_url(self) -> str:
        """The page after this one, or nothing."""
        return self._page(self.page + 1) if self.page < self.pages else ""

    def _page(self, number: int) -> str:
        return with_query(self.url, q=self.query, page=number if number > 1 else 0)


def make_listing(page: Page, folders: Sequence[Folder], query: str, size: int) -> Listing:
    """Put a page of at most ``size`` messages into the words of the list."""
    folder = next((f for f in folders if f.name == page.folder), None)
    role = folder.role if folder else None
    number = page.start // size + 1
    return Listing(
        folder=page.folder,
        label=folder_label(folder) if folder else page.folder,
        icon=role or "folder",
        url=folder_url(page.folder),
        uidvalidity=page.uidvalidity,
        query=query,
        page=number,
        pages=max(1, -(-page.total // size)),
        total=page.total,
        first=page.start + 1,
        last=page.start + len(page.messages),
        unread=(folder.unread or 0) if folder and role not in {"drafts", "sent", "trash"} else 0,
        can_archive=role not in {"archive", "drafts"},
        rows=tuple(_row(summary, page, role, query, number) for summary in page.messages),
    )


def _row(summary: Summary, page: Page, role: str | None, query: str, number: int) -> Row:
    others = summary.to if role in {"sent", "drafts"} else summary.from_
    url = message_url(page.folder, page.uidvalidity, summary.uid)
    if role == "drafts":
        url = with_query("/compose", draft=f"{page.uidvalidity}-{summary.uid}", folder=page.folder)
    return Row(
        uid=summary.uid,
        url=url if role == "drafts" else with_query(url, q=query, page=number if number > 1 else 0),
        sender=others[0] if others else NOBODY,
        who=_names(others) or ("No recipient yet" if role == "drafts" else "Unknown sender"),
        subject=summary.subject,
        date=summary.date,
        seen=not summary.is_unread,
        answered=summary.is_answered,
        flagged=summary.is_flagged,
        has_files=summary.has_attachments,
    )


def _names(people: Sequence[Address]) -> str:
    names = [person.name or person.mailbox for person in people[:3]]
    return ", ".join(names) + (f", +{len(people) - 3}" if len(people) > 3 else "")
