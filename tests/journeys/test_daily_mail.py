"""Sign in, read, write, attach, send, find it in Sent: with scripts and without."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.complaints import Complaints
from tests.browser.fixtures import TakeScreenshot
from tests.browser.look import DARK, NARROW, PLAIN, SMALLEST, WIDE, Look
from tests.journeys.conftest import MakeFile
from tests.journeys.person import Person, attached, digests, read
from tests.servers.account import Account
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import StartSite

BOTH = pytest.mark.parametrize("look", [WIDE, PLAIN], ids=["script", "plain"])
EVERY = pytest.mark.parametrize(
    "look", [WIDE, DARK, NARROW, SMALLEST], ids=["wide", "dark", "narrow", "smallest"]
)
LOOKS = [WIDE, DARK, NARROW, replace(SMALLEST, color_scheme="dark"), PLAIN]
SIZES = {"empty": 0, "one": 1, "under": 262143, "block": 262144, "over": 262145, "some": 7_000_001}
LETTER = b"""From: Zo\xc3\xab <zoe@example.test>\r
To: me@example.test\r
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= from Zoe\r
Message-ID: <letter@example.test>\r
Date: Mon, 23 Nov 2026 10:00:00 +0000\r
MIME-Version: 1.0\r
Content-Type: text/plain; charset=utf-8\r
\r
Do come <b>tomorrow</b>, see https://example.test/map.\r
"""


@BOTH
def test_a_message_with_several_files_arrives_as_it_was(
    person: Person, friend: Account, dovecot: Dovecot, make_file: MakeFile
) -> None:
    files = [make_file(f"{name} ü.bin", size) for name, size in SIZES.items()]
    person.sign_in()
    person.compose(To=friend.address, Subject="Six files", Message="Here.\n\n.\nThey are.")

    person.attach(*files)
    person.check_page()
    person.send()

    [delivered] = dovecot.mailbox(friend.address).wait_for(1)
    assert attached(delivered) == digests(files)
    [kept] = dovecot.mailbox(person.account.address).wait_for(1, "Sent")
    assert attached(kept) == digests(files)
    person.open_folder("Sent")
    person.open_message("Six files")


@BOTH
def test_a_hundred_megabytes_arrive_as_they_were(
    start_site: StartSite,
    person: Person,
    friend: Account,
    dovecot: Dovecot,
    make_file: MakeFile,
) -> None:
    file = make_file("large.bin", 100_000_000)
    person.url = start_site(max_message_size="180M").url
    person.sign_in()
    person.compose(To=friend.address, Subject="Large", Message="Here.")

    person.attach(file)
    person.send(timeout=150_000)

    [delivered] = dovecot.mailbox(friend.address).wait_for(1, timeout=60)
    assert attached(delivered) == digests([file])


@BOTH
def test_a_message_is_read_answered_and_marked(
    person: Person, account: Account, dovecot: Dovecot
) -> None:
    mailbox = dovecot.mailbox(account.address)
    mailbox.deliver(LETTER)
    person.sign_in()
    person.check_page()

    person.open_message("Grüße from Zoe")
    expect(person.page.get_by_text("Do come <b>tomorrow</b>")).to_be_visible()
    person.check_page()
    person.page.get_by_role("link", name="Reply", exact=True).click()
    to = person.page.get_by_role("textbox", name="To", exact=True)
    expect(to).to_have_value("Zoë <zoe@example.test>")
    person.fill(To=account.address)
    person.send()

    answer = read(mailbox.wait_for(2)[1])
    assert answer["In-Reply-To"] == "<letter@example.test>"
    assert "> Do come <b>tomorrow</b>" in answer.get_content()
    with mailbox.connect() as client:
        client.select_folder("INBOX", readonly=True)
        [first, *_] = client.search("ALL")
        assert {b"\\Seen", b"\\Answered"} <= set(client.get_flags([first])[first])


@BOTH
def test_a_wrong_password_is_said_and_the_address_stays(
    person: Person, account: Account, complaints: Complaints
) -> None:
    complaints.allow("401")
    person.page.goto(f"{person.url}/sign-in")
    person.try_password("wrong")

    expect(person.alert()).to_contain_text("not right")
    person.check_page()
    expect(person.page.get_by_role("textbox", name="Email address")).to_have_value(account.address)
    person.try_password(account.password)
    expect(person.folders()).to_be_visible()


@BOTH
def test_a_draft_waits_and_is_discarded(
    person: Person, account: Account, dovecot: Dovecot, make_file: MakeFile
) -> None:
    file = make_file("notes.txt", 1000)
    person.sign_in()
    person.compose(To="zoe@example.test", Subject="Unfinished", Message="To be")
    person.attach(file)
    person.page.get_by_role("button", name="Save draft").click()
    expect(person.page.get_by_role("status").filter(has_text="aved").first).to_be_visible()
    address = person.page.url

    [copy] = dovecot.mailbox(account.address).wait_for(1, "Drafts")
    assert attached(copy) == digests([file])
    person.page.goto(f"{person.url}/")
    person.page.goto(address)
    expect(person.page.get_by_role("textbox", name="Subject")).to_have_value("Unfinished")
    expect(person.tray()).to_contain_text("notes.txt")
    person.page.on("dialog", lambda dialog: dialog.accept())
    person.page.get_by_role("button", name="Discard draft").click()
    expect(person.folders()).to_be_visible()

    assert dovecot.mailbox(account.address).fetch("Drafts") == []


@BOTH
def test_signing_out_ends_the_session_for_the_cookie_too(person: Person) -> None:
    person.sign_in()
    cookies = person.page.context.cookies()
    person.page.get_by_role("button", name="Sign out").first.click()
    expect(person.page.get_by_role("button", name="Sign in")).to_be_visible()

    person.page.context.add_cookies(cookies)  # type: ignore[arg-type]
    person.page.goto(f"{person.url}/m/INBOX")

    expect(person.page.get_by_role("button", name="Sign in")).to_be_visible()


@BOTH
def test_a_refused_recipient_leaves_the_draft_and_its_files(
    person: Person, friend: Account, dovecot: Dovecot, make_file: MakeFile, complaints: Complaints
) -> None:
    complaints.allow("4[0-9][0-9]")
    file = make_file("notes.txt", 1000)
    person.sign_in()
    person.compose(To=f"{friend.address}, nobody-here@example.test", Subject="Hi", Message="Hello.")
    person.attach(file)
    person.page.get_by_role("button", name="Send", exact=True).click()

    expect(person.alert().first).to_contain_text("nobody-here@example.test")
    person.check_page()
    expect(person.tray()).to_contain_text("notes.txt")
    person.fill(To=friend.address)
    person.send()

    [delivered] = dovecot.mailbox(friend.address).wait_for(1)
    assert attached(delivered) == digests([file])


@pytest.mark.parametrize("look", LOOKS, ids=["wide", "dark", "narrow", "smallest-dark", "plain"])
def test_a_file_that_is_out_of_reach_is_named_until_it_is_removed(
    start_site: StartSite,
    person: Person,
    friend: Account,
    dovecot: Dovecot,
    make_file: MakeFile,
    screenshot: TakeScreenshot,
    tmp_path: Path,
) -> None:
    here, gone = tmp_path / "here", "a report with a rather long name for a narrow page.pdf"
    here.mkdir()
    person.url = start_site(temp_dir=str(here)).url
    person.page.goto(person.url)
    person.try_password(person.account.password)
    expect(person.page.get_by_role("heading", name="Inbox")).to_be_visible()
    person.compose(To=friend.address, Subject="Without a report", Message="Here.")
    person.attach(make_file(gone, 300_000))
    person.page.get_by_role("button", name="Save draft").click()
    expect(person.page.get_by_role("status").filter(has_text="aved").first).to_be_visible()
    [place] = (here / "attachments").glob("*/*")
    shutil.rmtree(place)

    person.page.reload()
    expect(person.tray()).to_contain_text("Cannot be reached now")
    person.check_page()
    assert_no_sideways_scrolling(person)
    screenshot(person.page, f"out-of-reach-{person.look.width}-{person.look.color_scheme}")
    person.page.get_by_role("button", name="Send", exact=True).click()
    expect(person.alert()).to_contain_text(gone)
    person.check_page()
    assert dovecot.mailbox(friend.address).fetch() == []
    person.tray().get_by_role("button", name=f"Remove {gone}").click()
    expect(person.tray().get_by_role("listitem")).to_have_count(0)
    person.send()

    [delivered] = dovecot.mailbox(friend.address).wait_for(1)
    assert attached(delivered) == {}


def test_a_file_that_was_removed_on_its_way_can_be_attached_again(
    person: Person, make_file: MakeFile, complaints: Complaints
) -> None:
    complaints.allow("410")
    file = make_file("notes.txt", 1000)
    person.sign_in()
    person.compose()

    def remove_first(route: Route) -> None:
        headers = {"X-CSRF-Token": route.request.headers["x-csrf-token"], "Origin": person.url}
        assert person.page.request.delete(route.request.url, headers=headers).status == 204
        route.continue_()

    person.page.route("**/files/*", remove_first, times=1)
    person.page.get_by_label("Attach files").set_input_files(file)
    expect(person.tray()).to_contain_text("This file was removed")
    person.tray().get_by_role("button", name="Retry").click()

    expect(person.tray().get_by_role("progressbar")).to_have_count(0)
    person.page.reload()
    expect(person.tray().get_by_role("listitem")).to_have_count(1)


@BOTH
def test_messages_are_archived_and_deleted_from_the_list(
    person: Person, account: Account, dovecot: Dovecot
) -> None:
    mailbox = dovecot.mailbox(account.address)
    for number in range(3):
        mailbox.deliver(LETTER.replace(b"from Zoe", b"number %d" % number))
    person.sign_in()

    person.open_message("number 1")
    person.page.get_by_role("button", name="Archive").first.click()
    expect(person.messages().get_by_text("number 1")).to_have_count(0)
    person.open_message("number 2")
    person.page.get_by_role("button", name="Delete").first.click()
    expect(person.messages().get_by_text("number 2")).to_have_count(0)

    assert len(mailbox.wait_for(1, "Archive")) == 1
    assert len(mailbox.wait_for(1, "Trash")) == 1
    assert mailbox.count() == 1


@BOTH
def test_search_finds_and_says_when_it_finds_nothing(
    person: Person, account: Account, dovecot: Dovecot
) -> None:
    dovecot.mailbox(account.address).deliver(LETTER)
    person.sign_in()

    for text, found in (("Grüße", 1), ("nothing at all", 0)):
        person.page.get_by_role("searchbox").first.fill(text)
        person.page.get_by_role("button", name="Search").first.click()
        expect(person.page).to_have_url(re.compile("q="))
        found_links = person.messages().get_by_role("link", name=re.compile("from Zoe"))
        expect(found_links).to_have_count(found)
        person.check_page()


@EVERY
def test_every_page_is_accessible_and_fits_on_every_screen(
    person: Person,
    account: Account,
    dovecot: Dovecot,
    screenshot: TakeScreenshot,
    request: pytest.FixtureRequest,
    look: Look,
) -> None:
    name = request.node.callspec.id
    dovecot.mailbox(account.address).deliver(LETTER)
    person.page.goto(f"{person.url}/")
    pages = {"sign-in": None, "mailbox": "/m/INBOX", "compose": "/compose", "settings": "/settings"}
    for title, path in pages.items():
        if path == "/m/INBOX":
            person.try_password(account.password)
            expect(person.messages()).to_be_visible()
        elif path:
            person.page.goto(f"{person.url}{path}")
        person.check_page()
        screenshot(person.page, f"{title}-{name}")
        assert_no_sideways_scrolling(person)
    person.page.goto(f"{person.url}/m/INBOX")
    person.open_message("Grüße from Zoe")
    person.check_page()
    screenshot(person.page, f"message-{name}")
    assert_no_sideways_scrolling(person)


def assert_no_sideways_scrolling(person: Person) -> None:
    """The page is not wider than the screen."""
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert person.page.evaluate(wider) <= 0
