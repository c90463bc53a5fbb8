"""A person at the site, who finds everything by its accessible name."""

import email
import email.policy
import hashlib
import re
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import check_accessibility
from tests.browser.look import Look
from tests.servers.account import Account


class Person:
    """Somebody with a browser; the words are those that a screen reader says."""

    def __init__(self, page: Page, url: str, account: Account, look: Look) -> None:
        self.page = page
        self.url = url
        self.account = account
        self.look = look

    def sign_in(self) -> None:
        """Sign in and wait for the inbox."""
        self.page.goto(f"{self.url}/")
        self.try_password(self.account.password)
        expect(self.folders()).to_be_visible()

    def try_password(self, password: str) -> None:
        """Fill in the form and send it."""
        self.page.get_by_role("textbox", name="Email address").fill(self.account.address)
        self.page.get_by_role("textbox", name="Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()

    def check_page(self) -> None:
        """Check the page's accessibility; axe is a script itself, so only where scripts run."""
        if self.look.javascript:
            check_accessibility(self.page)

    def folders(self) -> Locator:
        """The list of folders."""
        return self.page.get_by_role("navigation", name="Folders")

    def messages(self) -> Locator:
        """The list of messages."""
        return self.page.get_by_label("Messages", exact=True)

    def open_folder(self, name: str) -> None:
        """Go to a folder."""
        self.folders().get_by_role("link", name=re.compile(rf"^{re.escape(name)}\b")).click()
        expect(self.page.get_by_role("heading", name=name).first).to_be_visible()

    def open_message(self, subject: str) -> None:
        """Open the message with this subject."""
        self.messages().get_by_role("link", name=re.compile(re.escape(subject))).first.click()
        expect(self.page.get_by_role("heading", name=subject).first).to_be_visible()

    def compose(self, **fields: str) -> None:
        """Begin a message and fill in fields by their names."""
        self.page.get_by_role("link", name="Compose").first.click()
        expect(self.page.get_by_role("button", name="Send", exact=True)).to_be_visible()
        self.fill(**fields)

    def fill(self, **fields: str) -> None:
        """Fill in fields: ``To``, ``Cc``, ``Bcc``, ``Subject``, ``Message``."""
        for name, text in fields.items():
            self.page.get_by_role("textbox", name=name, exact=True).fill(text)

    def text_of(self, name: str) -> str:
        """What stands in a field."""
        return self.page.get_by_role("textbox", name=name, exact=True).input_value()

    def open_contacts(self) -> None:
        """Go to the address book."""
        self.page.goto(f"{self.url}/contacts")
        expect(self.page.get_by_role("heading", name="Contacts", exact=True)).to_be_visible()

    def add_contact(self, **fields: str) -> None:
        """Add somebody: ``Name``, ``Email addresses`` and the like, by the fields' names."""
        self.open_contacts()
        self.page.get_by_role("link", name="New contact").click()
        self.fill(**fields)
        self.page.get_by_role("button", name="Save contact").click()
        expect(self.page.get_by_role("list", name="Contacts")).to_contain_text(fields["Name"])

    def add_identity(self, **fields: str) -> None:
        """Add somebody to write as: ``Name``, ``Email address``, ``Signature`` and the like."""
        self.page.goto(f"{self.url}/settings/identities/new")
        self.fill(**fields)
        self.page.get_by_role("button", name="Save identity").click()
        expect(self.page.get_by_role("list", name="Identities")).to_contain_text(fields["Name"])

    def suggestions(self, name: str) -> Locator:
        """Who is suggested for a field of recipients."""
        found = self.page.get_by_role("listbox", name=f"Suggestions for {name}")
        return found.get_by_role("option")

    def attach(self, *files: Path) -> None:
        """Choose files; without scripts, upload them too. Wait until each is listed as there."""
        self.page.get_by_label("Attach files").set_input_files(files)
        upload = self.page.get_by_role("button", name="Upload", exact=True)
        if upload.is_visible():
            upload.click()
        for file in files:
            row = self.tray().get_by_role("listitem").filter(has_text=file.name)
            expect(row).to_be_visible(timeout=120_000)
            expect(row.get_by_role("progressbar")).to_have_count(0, timeout=120_000)

    def tray(self) -> Locator:
        """The list of attachments."""
        return self.page.get_by_role("list", name="Attachments")

    def send(self, timeout: float = 60_000) -> None:
        """Send, and wait to be told that it was sent."""
        self.page.get_by_role("button", name="Send", exact=True).click()
        sent = self.page.get_by_role("status").filter(has_text=re.compile("sent", re.IGNORECASE))
        expect(sent.first).to_be_visible(timeout=timeout)

    def alert(self) -> Locator:
        """What went wrong."""
        return self.page.get_by_role("alert")


def read(message: bytes) -> EmailMessage:
    """A delivered message, parsed."""
    return email.message_from_bytes(message, policy=email.policy.default)


def attached(message: bytes) -> Mapping[str, str]:
    """The names of a message's attachments with the SHA-256 of each."""
    parts = read(message).iter_attachments()
    return {str(part.get_filename()): _digest(part) for part in parts}


def digests(files: Sequence[Path]) -> Mapping[str, str]:
    """The names of files with the SHA-256 of each."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def _digest(part: object) -> str:
    content = part.get_payload(decode=True) if isinstance(part, EmailMessage) else None
    assert isinstance(content, bytes)
    return hashlib.sha256(content).hexdigest()
