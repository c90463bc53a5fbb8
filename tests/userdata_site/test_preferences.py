"""What a user settles, and what the pages make of it."""

import asyncio
import re
from email.message import EmailMessage

import pytest
from imapclient import IMAPClient

from tests.userdata_site.conftest import Fail, House
from tests.userdata_site.guest import Guest

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = "/settings/preferences"
BANNER = "Your settings cannot be read at the moment"


async def settle(guest: Guest, **values: str) -> None:
    for name, value in values.items():
        answer = await guest.post(PAGE, name=name, value=value)
        assert 303 == answer.status, answer.words


async def find_message(guest: Guest, subject: str) -> str:
    """The address of the message with this subject."""
    page = await guest.get(f"/m/INBOX?q={subject}")
    return page.text.partition('data-pane="reader"')[0].rpartition('href="')[2].partition("?")[0]


async def test_two_settings_that_are_changed_at_once_are_both_kept(ada: Guest) -> None:
    await asyncio.gather(settle(ada, theme="dark"), settle(ada, density="compact"))

    page = await ada.get("/m/INBOX")
    assert '<html lang="en" dir="ltr" data-theme="dark" data-density="compact">' in page.text
    assert '<meta name="color-scheme" content="dark">' in page.text


async def test_a_setting_is_a_row_of_its_own(ada: Guest, house: House) -> None:
    await settle(ada, clock="12")

    kept = await house.hooks.userdata_preferences(owner=house.owner())
    assert {"site.clock": "12"} == kept


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "pink"),
        ("page_size", "1000000"),
        ("time_zone", "../../etc/passwd"),
        ("admin", "1"),
    ],
)
async def test_a_value_that_is_none_is_refused(
    ada: Guest, house: House, name: str, value: str
) -> None:
    answer = await ada.post(PAGE, name=name, value=value)

    assert 422 == answer.status
    assert {} == await house.hooks.userdata_preferences(owner=house.owner())


async def test_a_kept_value_that_is_none_of_ours_is_the_default(ada: Guest, house: House) -> None:
    changes = {"site.page_size": "7", "site.theme": ["x"], "site.time_zone": "Mars/Olympus"}
    await house.hooks.userdata_preferences_set(owner=house.owner(), changes=changes)

    page = await ada.get("/m/INBOX")

    assert 200 == page.status
    assert 50 == page.text.count('name="uid"')
    assert "data-theme" not in page.text


async def test_a_page_of_a_folder_has_as_many_messages_as_was_settled(ada: Guest) -> None:
    await settle(ada, page_size="25")

    first, second = await ada.get("/m/INBOX"), await ada.get("/m/INBOX?page=2")

    assert 25 == first.text.count('name="uid"')
    assert "26\u201350 of" in second.words


async def test_times_are_shown_in_the_zone_and_form_that_was_settled(ada: Guest) -> None:
    await settle(ada, time_zone="Asia/Kolkata", date_form="iso", clock="12")

    page = await ada.get("/m/INBOX?page=2")

    assert re.search(r'title="\w+, \d{4}-\d\d-\d\d, \d{1,2}:\d\d [ap]m UTC\+05:30"', page.text)


async def test_the_preferences_are_read_once_a_request(
    ada: Guest, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, read = [], house.hooks.userdata_preferences

    async def counted(**arguments: str) -> object:
        calls.append(arguments)
        return await read(**arguments)

    monkeypatch.setattr(house.hooks, "userdata_preferences", counted)
    for path in ("/m/INBOX", "/healthz/live", "/robots.txt"):
        await ada.get(path)

    assert [{"owner": house.owner()}] == calls


async def test_plain_text_comes_first_where_it_was_settled(ada: Guest, house: House) -> None:
    url = await deliver(house, ada, "Both forms", "<p>In <b>colour</b></p>")
    assert "<iframe" in (await ada.get(url)).text

    await settle(ada, message_form="plain")

    assert "In plain words" in (await ada.get(url)).words
    assert "<iframe" in (await ada.get(f"{url}?plain=0")).text


async def test_remote_images_are_asked_for_refused_or_shown_for_contacts(
    ada: Guest, house: House
) -> None:
    url = await deliver(house, ada, "A pixel", '<img src="https://t.example/p.png" alt="p">')
    frame = f"{url}/frame?images=1"
    assert "Show once" in (await ada.get(url)).words
    assert "t.example" in (await ada.get(frame)).text

    await settle(ada, remote_images="never")
    page = await ada.get(f"{url}?images=1")
    assert "Remote images are blocked" in page.words
    assert "Show once" not in page.words
    assert "t.example" not in (await ada.get(frame)).text

    await settle(ada, remote_images="contacts")
    assert "Show once" in (await ada.get(url)).words
    await ada.post("/contacts/new", name="Zoe", addresses="ZOE@people.example")
    assert f"{url}/frame?images=1" in (await ada.get(url)).text


async def test_mail_is_read_with_defaults_while_settings_cannot_be_read(
    ada: Guest, fail: Fail
) -> None:
    await settle(ada, theme="dark", remote_images="contacts")
    fail()

    page = await ada.get("/m/INBOX")

    assert 200 == page.status
    assert BANNER in page.words
    assert "data-theme" not in page.text
    assert 50 == page.text.count('name="uid"')
    assert 200 == (await ada.get(await find_message(ada, "Welcome"))).status
    assert 200 == (await ada.get("/settings")).status


async def test_the_page_of_preferences_is_no_page_of_defaults_then(ada: Guest, fail: Fail) -> None:
    fail("userdata_preferences", "userdata_preferences_set")

    page, saved = await ada.get(PAGE), await ada.post_json(PAGE, name="theme", value="dark")

    assert 503 == page.status == saved.status
    assert f'href="{PAGE}">Try again' in page.text
    assert "Try again" in saved.json["error"]


async def deliver(house: House, guest: Guest, subject: str, source: str) -> str:
    """Put a message with text and HTML into Ada's inbox, and return its address."""
    letter = EmailMessage()
    letter["From"], letter["To"] = "Zoe <zoe@people.example>", "ada@satchel.example"
    letter["Subject"], letter["Message-ID"] = subject, f"<{len(subject)}.{id(letter)}@b.example>"
    letter.set_content("In plain words")
    letter.add_alternative(source, subtype="html")
    await asyncio.to_thread(_append, house, letter.as_bytes())
    return await find_message(guest, subject.partition(" ")[2])


def _append(house: House, content: bytes) -> None:
    account = house.mail.accounts[0]
    with IMAPClient(house.mail.host, house.mail.imap_port, ssl=False) as client:
        client.login(account.address, account.password)
        client.append("INBOX", content)
