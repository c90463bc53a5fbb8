"""Fills an account of the demo, once."""

import os
import shutil
from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path

from satchel_site.demo.maildir import INBOX, create_folder, folder_path, sync_folder
from satchel_site.demo.seeds.circulars import write_bulletins, write_newsletters
from satchel_site.demo.seeds.conversations import write_conversations
from satchel_site.demo.seeds.letters import Draft, Letter, age
from satchel_site.demo.seeds.samples import ADA, write_samples

FOLDERS = (
    "Archive",
    "Drafts",
    "Junk",
    "Sent",
    "Trash",
    "Receipts/2026",
    "Receipts",
    "Entwürfe 2026",
    "Projekte",
    "Projekte/Überblick",
)
_SHARED = ("Archive", "Drafts", "Junk", "Sent", "Trash")


def seed_account(account: Path, address: str, today: date) -> None:
    """Make the account's folders and fill them; an account that is there stays as it is.

    The same day makes the same messages. A start that is cut off leaves no half-filled
    account: it gets its name last.
    """
    if account.exists():
        return
    partial = account.with_name(account.name + ".partial")
    if partial.exists():
        shutil.rmtree(partial)
    owner = address.partition("@")[0]
    create_folder(partial)
    names = FOLDERS if owner == "ada" else _SHARED
    for name in names:
        create_folder(folder_path(partial, name))
    (partial / "subscriptions").write_text("".join(f"{name}\n" for name in names), "utf-8")
    _keep(partial, write_letters(owner, today))
    sync_folder(partial)
    partial.rename(account)
    sync_folder(account.parent)


def write_letters(owner: str, today: date) -> list[Letter]:
    """Write everything that is in the owner's mailbox on that day, oldest first."""
    # Early, so that nothing in a mailbox that is opened after breakfast lies in the future.
    dawn = datetime.combine(today, time(6)).astimezone()
    letters = list(write_conversations(owner, dawn))
    letters.append(_welcome(owner, dawn))
    if owner == "ada":
        letters += write_bulletins(ADA, dawn)
        letters += write_newsletters(ADA, dawn)
        letters += write_samples(dawn)
        letters += _put_away(dawn)
    return sorted(letters, key=lambda letter: letter.when)


def _welcome(owner: str, today: datetime) -> Letter:
    to = f"{owner}@satchel.example"
    text = (
        "Hello,\n\nthis mailbox belongs to the demo. Its mail is made up and goes nowhere: "
        "what you send reaches the other account of the demo and nobody else. Write to it, "
        "attach something large, delete what you like.\n\nEverything stays in the demo's "
        "folder of data; delete that folder, and the next start begins anew.\n"
    )
    draft = Draft("satchel <welcome@satchel.example>", [to], "Welcome", age(today, 0.05), text)
    return Letter(INBOX, draft.when, "", draft.write())


def _put_away(today: datetime) -> Iterable[Letter]:
    words = (
        ("Drafts", "Ideas for the street party", 0.5, "DS", "Lanterns? A second soup?\n\n"),
        ("Entwürfe 2026", "Brief an die Hausverwaltung", 4.4, "DS", "Sehr geehrte Damen und"),
        ("Receipts", "Receipt for your bicycle lock", 32.0, "S", "One lock, 34.90 EUR.\n"),
        ("Receipts/2026", "Receipt for two train tickets", 8.9, "S", "Two tickets, 58.00 EUR.\n"),
        ("Projekte", "Orchard: plan for the spring", 27.5, "S", "Export, import, sleep.\n"),
        ("Projekte/Überblick", "Überblick: wer macht was", 26.1, "S", "Mei: Export. Olu: Tests.\n"),
        ("Archive", "Your library card", 180.0, "S", "Your card is valid for a year.\n"),
        ("Archive", "Keys to the cellar", 95.0, "RS", "They hang behind the door.\n"),
        ("Trash", "You have won a cruise", 2.9, "S", "No, you have not.\n"),
    )
    for folder, subject, days, flags, text in words:
        draft = Draft(ADA, [ADA], subject, age(today, days), text)
        yield Letter(folder, draft.when, flags, draft.write())


def _keep(account: Path, letters: list[Letter]) -> None:
    for number, letter in enumerate(letters):
        stamp = int(letter.when.timestamp())
        name = f"{stamp}.M0P0Q{number}.satchel:2,{letter.flags}"
        path = folder_path(account, letter.folder) / "cur" / name
        path.write_bytes(letter.content)
        os.utime(path, (stamp, stamp))
