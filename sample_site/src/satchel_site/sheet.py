"""A draft as the compose page shows it, and as its form brings it back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from satchel.mail.addresses import parse_addresses
from satchel.mail.errors import AddressError
from satchel.sending import Draft
from satchel_hookspecs import Attachment
from satchel_site.addresses import compose_url
from satchel_site.dates import Dates
from satchel_site.forms import Form
from satchel_site.refusal import Refusal
from satchel_site.senders import Sender
from satchel_site.words import size

LONGEST = {"to": 20_000, "cc": 20_000, "bcc": 20_000, "subject": 2_000, "message": 5_000_000}


@dataclass(frozen=True, slots=True)
class FileRow:
    """One line of the list of attachments."""

    id: str
    filename: str
    size: int
    sealed: bool
    in_reach: bool = True


@dataclass(frozen=True, slots=True)
class SenderChoice:
    """One of those whom the user may write as."""

    id: str
    header: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All that the compose page shows."""

    url: str
    limit: int
    version: str
    send_id: str
    heading: str
    sender: str
    senders: tuple[SenderChoice, ...]
    to: str
    cc: str
    bcc: str
    subject: str
    message: str
    files: tuple[FileRow, ...]

    @property
    def chosen_id(self) -> str:
        """The id of the sender that the page shows."""
        return next((one.id for one in self.senders if one.chosen), "")

    @property
    def files_sum(self) -> str:
        """How many files there are and how large they are together."""
        sizes = [file.size for file in self.files if file.in_reach]
        if not sizes:
            return ""
        return f"{len(sizes)} file{'s' if len(sizes) > 1 else ''} · {size(sum(sizes))}"


def make_sheet(
    group: str,
    draft: Draft,
    version: str,
    send_id: str,
    files: Sequence[Attachment],
    acknowledged: Mapping[str, str],
    limit: int,
    senders: Sequence[Sender] = (),
) -> Sheet:
    """Put a draft and its files into the words of the page."""
    return Sheet(
        url=compose_url(group),
        limit=limit,
        version=version,
        send_id=send_id,
        heading=draft.subject or "New message",
        sender=draft.sender,
        senders=_choices(draft, senders),
        to=draft.to,
        cc=draft.cc,
        bcc=draft.bcc,
        subject=draft.subject,
        message=draft.text,
        files=tuple(_rows(files, acknowledged)),
    )


def _rows(files: Sequence[Attachment], acknowledged: Mapping[str, str]) -> Iterator[FileRow]:
    """Those that are there, and then those that should be.

    One that nobody was told is kept did not come to its end, or was removed where it was not seen.
    """
    for one in files:
        whole = one.sealed and one.ref.id in acknowledged
        yield FileRow(one.ref.id, one.filename, one.size, whole)
    listed = {one.ref.id for one in files}
    for id, name in acknowledged.items():
        if id not in listed:
            yield FileRow(id, name, 0, sealed=True, in_reach=False)


def _choices(draft: Draft, senders: Sequence[Sender]) -> tuple[SenderChoice, ...]:
    """The senders to choose from; the draft's own is among them, also when it was deleted."""
    now = next((one for one in senders if one.header == draft.sender), None)
    choices = [SenderChoice(one.id, one.header, one is now) for one in senders]
    if now is None:
        choices.insert(0, SenderChoice("", draft.sender, True))
    return tuple(choices) if len(choices) > 1 and senders else ()


def saved_at(dates: Dates, moment: datetime | None = None) -> str:
    """The words for a draft that was just saved."""
    zone = " UTC" if dates.zone is UTC or str(dates.zone) == "UTC" else ""
    return f"Saved {dates.hour(moment or datetime.now(UTC))}{zone}"


def fill_in(draft: Draft, form: Form) -> Draft:
    """Return the draft with what was typed."""
    typed = {name: form.one(name) for name in LONGEST}
    for name, text in typed.items():
        if len(text) > LONGEST[name]:
            raise Refusal(413, f"The {name} may have at most {LONGEST[name]:,} characters.")
    message = typed.pop("message")
    lines = {name: " ".join(text.split()) for name, text in typed.items()}
    return replace(
        draft,
        to=lines["to"],
        cc=lines["cc"],
        bcc=lines["bcc"],
        subject=lines["subject"],
        text=message,
    )


def find_bad_addresses(draft: Draft) -> dict[str, str]:
    """Return what is wrong in each of the address fields, by field."""
    found: dict[str, str] = {}
    if not any(text.strip() for text in (draft.to, draft.cc, draft.bcc)):
        found["to"] = "Nobody to send to yet: fill in To."
    for name, text in (("to", draft.to), ("cc", draft.cc), ("bcc", draft.bcc)):
        try:
            parse_addresses(text)
        except AddressError as error:
            found[name] = f"{name.capitalize()}: {error.text}"
    return found
