"""What a person settles and keeps: preferences, identities, contacts; with and without scripts."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.browser.complaints import Complaints
from tests.browser.fixtures import TakeScreenshot
from tests.browser.look import PLAIN, SMALLEST, WIDE, Look
from tests.journeys.person import Person, read
from tests.journeys.test_daily_mail import LETTER, assert_no_sideways_scrolling
from tests.servers.account import Account
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix
from tests.servers.site import Site, opened_site

BOTH = pytest.mark.parametrize("look", [WIDE, PLAIN], ids=["script", "plain"])
ENDS = [WIDE, replace(SMALLEST, color_scheme="dark")]


@pytest.fixture(scope="module")
def house(dovecot: Dovecot, smtp_server: Postfix) -> Iterator[Site]:
    """A site that keeps things for users."""
    with opened_site(dovecot, smtp_server, plugins=["userdata"]) as running:
        yield running


@pytest.fixture
def keeper(house: Site, page: Page, account: Account, look: Look) -> Person:
    """Somebody who is signed in to that site."""
    person = Person(page, house.url, account, look)
    person.page.goto(f"{person.url}/")
    person.try_password(person.account.password)
    expect(person.page.get_by_role("heading", name="Inbox")).to_be_visible()
    return person


@BOTH
def test_a_message_is_written_as_another_identity_with_its_signature(
    keeper: Person, account: Account, friend: Account, dovecot: Dovecot, look: Look
) -> None:
    keeper.add_identity(**{"Name": "Pia", "Email address": account.address, "Signature": "Pia"})
    work = {"Name": "Pia at work", "Email address": account.address, "Signature": "Pia\nwho works"}
    keeper.add_identity(**work)
    keeper.compose(To=friend.address, Subject="As another", Message="Hello.\n\n-- \nPia\n")

    chooser = keeper.page.get_by_role("combobox", name="From")
    chooser.select_option(label=f"Pia at work <{account.address}>")
    if not look.javascript:
        keeper.page.get_by_role("button", name="Change sender").click()
    message = keeper.page.get_by_role("textbox", name="Message")
    expect(message).to_have_value("Hello.\n\n-- \nPia\nwho works\n")
    keeper.check_page()
    keeper.send()

    [delivered] = map(read, dovecot.mailbox(friend.address).wait_for(1))
    assert delivered["From"] == f"Pia at work <{account.address}>"
    assert delivered.get_content().split() == ["Hello.", "--", "Pia", "who", "works"]


def test_recipients_are_completed_by_the_keyboard(
    keeper: Person, friend: Account, dovecot: Dovecot
) -> None:
    keeper.add_contact(**{"Name": "Zoë Núñez", "Email addresses": "zoe@hills.example"})
    keeper.add_contact(**{"Name": "Zack Friend", "Email addresses": friend.address})
    keeper.compose(Subject="Completed")
    to = keeper.page.get_by_role("textbox", name="To", exact=True)
    box = keeper.page.get_by_role("combobox", name="Recipients in To")

    to.press_sequentially("z")
    expect(keeper.suggestions("To")).to_have_count(2)
    expect(box).to_have_attribute("aria-expanded", "true")
    keeper.check_page()
    to.press("Escape")
    expect(keeper.suggestions("To")).to_have_count(0)
    to.press_sequentially("o")
    expect(keeper.suggestions("To")).to_have_text(re.compile("Zoë Núñez"))
    to.press("Tab")
    expect(to).to_have_value("Zoë Núñez <zoe@hills.example>, ")
    to.press_sequentially("z")
    chosen = keeper.page.get_by_role("option", selected=True).and_(keeper.suggestions("To"))
    expect(chosen).to_have_text(re.compile("Zack"))
    to.press("ArrowDown")
    expect(chosen).to_have_text(re.compile("Zoë"))
    to.press("ArrowUp")
    to.press("Enter")
    expect(to).to_have_value(f"Zoë Núñez <zoe@hills.example>, Zack Friend <{friend.address}>, ")
    expect(box).to_have_attribute("aria-expanded", "false")
    to.fill(f"Zack Friend <{friend.address}>")
    keeper.send()

    [delivered] = map(read, dovecot.mailbox(friend.address).wait_for(1))
    assert delivered["To"] == f"Zack Friend <{friend.address}>"


def test_a_group_is_written_to_by_its_name(keeper: Person) -> None:
    keeper.page.goto(f"{keeper.url}/contacts/groups")
    keeper.fill(**{"Name of the new group": "Choir"})
    keeper.page.get_by_role("button", name="Add group").click()
    expect(keeper.page.get_by_role("list", name="Groups of contacts")).to_be_visible()
    for name, address in (("Zoe", "zoe@hills.example"), ("Olu", "olu@hills.example")):
        keeper.add_contact(**{"Name": name, "Email addresses": address})
        keeper.page.get_by_role("checkbox", name=f"Select {name}").check(force=True)
        keeper.page.get_by_label("Group", exact=True).select_option(label="Choir")
        keeper.page.get_by_role("button", name="Add to group").click()
        expect(keeper.page.get_by_role("status").filter(has_text="put into")).to_be_visible()
    keeper.compose()

    cc = keeper.page.get_by_role("textbox", name="Cc", exact=True)
    cc.press_sequentially("first@hills.example, cho")
    keeper.suggestions("Cc").filter(has_text="Choir").click()

    everybody = "first@hills.example, Olu <olu@hills.example>, Zoe <zoe@hills.example>, "
    expect(cc).to_have_value(everybody)
    expect(cc).to_be_focused()


@BOTH
def test_a_setting_is_kept_when_it_is_changed(keeper: Person, look: Look) -> None:
    keeper.page.goto(f"{keeper.url}/settings/preferences")
    html = keeper.page.locator("html")

    keeper.page.get_by_role("radio", name="Dark").check()
    if not look.javascript:
        keeper.page.get_by_role("button", name="Save theme").click()
    expect(html).to_have_attribute("data-theme", "dark")
    expect(keeper.page.get_by_role("status").filter(has_text="aved").first).to_be_visible()

    keeper.page.goto(f"{keeper.url}/m/INBOX")
    expect(html).to_have_attribute("data-theme", "dark")
    assert keeper.page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_writing_goes_on_when_nobody_can_be_suggested(
    keeper: Person, complaints: Complaints
) -> None:
    complaints.allow("503")
    asked = re.compile("/contacts/suggest")
    keeper.page.route(asked, lambda route: route.fulfill(status=503, json={"error": "No."}))
    keeper.compose()

    to = keeper.page.get_by_role("textbox", name="To", exact=True)
    with keeper.page.expect_response(asked):
        to.press_sequentially("zoe@hills.example")

    expect(to).to_have_value("zoe@hills.example")
    expect(keeper.page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("look", [SMALLEST], ids=["smallest"])
def test_a_contact_that_was_changed_in_two_tabs_is_shown_twice(
    keeper: Person, look: Look, complaints: Complaints
) -> None:
    complaints.allow("409")
    keeper.add_contact(Name="Zoe", Phone="+1")
    keeper.page.get_by_role("link", name="Zoe").click()
    other = Person(keeper.page.context.new_page(), keeper.url, keeper.account, look)
    other.page.goto(keeper.page.url)
    for person, phone in ((other, "+2"), (keeper, "+3")):
        person.fill(Phone=phone)
        person.page.get_by_role("button", name="Save contact").click()
        expect(person.page.get_by_role("button", name="Save contact")).to_have_count(0)

    expect(keeper.alert()).to_contain_text("changed in another tab")
    row = keeper.page.get_by_role("row", name="Phone")
    expect(row.get_by_role("cell")).to_have_text(["+3", "+2"])
    keeper.check_page()
    keeper.page.get_by_role("button", name="Save anyway").click()
    expect(keeper.page.get_by_role("list", name="Contacts")).to_be_visible()


@pytest.mark.parametrize("look", ENDS, ids=["wide", "smallest-dark"])
def test_every_page_of_what_is_kept_is_accessible_and_fits(
    keeper: Person, account: Account, dovecot: Dovecot, screenshot: TakeScreenshot, look: Look
) -> None:
    dovecot.mailbox(account.address).deliver(LETTER)
    name = f"{look.width}-{look.color_scheme}"
    for title in ("contacts", "identities"):
        path = {"identities": "/settings/identities"}.get(title, "/contacts")
        keeper.page.goto(f"{keeper.url}{path}")
        keeper.check_page()
        screenshot(keeper.page, f"no-{title}-{name}")
    keeper.page.goto(f"{keeper.url}/m/INBOX")
    keeper.open_message("Grüße from Zoe")
    keeper.check_page()
    keeper.page.get_by_role("link", name="Add Zoë to contacts").click()
    keeper.page.get_by_role("button", name="Save contact").click()
    expect(keeper.page.get_by_role("list", name="Contacts")).to_contain_text("Zoë")
    keeper.add_identity(**{"Name": "Pia", "Email address": account.address, "Signature": "Pia"})
    for path in (
        "/contacts",
        "/contacts?q=nobody",
        "/contacts/new",
        "/contacts/groups",
        "/contacts/collected",
        "/settings",
        "/settings/preferences",
        "/settings/identities/new",
        "/compose",
    ):
        keeper.page.goto(f"{keeper.url}{path}")
        keeper.check_page()
        screenshot(keeper.page, f"{re.sub(r'[^a-z]+', '-', path)[1:]}-{name}")
        assert_no_sideways_scrolling(keeper)
