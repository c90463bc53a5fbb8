"""Whom a message goes to: suggested while it is typed, chosen from a page, remembered."""

import asyncio

import pytest

from satchel_site.collecting import COLLECTING
from tests.userdata_site.conftest import Fail, House
from tests.userdata_site.guest import Guest
from tests.userdata_site.test_contacts import add, add_group

pytestmark = pytest.mark.asyncio(loop_scope="module")

ZOE = {"name": 'Zoe "Z" Núñez', "address": "zoe@hills.example"}
ENTRY = '"Zoe \\"Z\\" Núñez" <zoe@hills.example>'


async def suggest(guest: Guest, text: str) -> list[dict[str, str]]:
    """What is suggested for this text."""
    answer = await guest.ask_json(f"/contacts/suggest?text={text}")
    assert 200 == answer.status, answer.text
    found: list[dict[str, str]] = answer.json["suggestions"]
    return found


async def test_people_are_suggested_as_they_stand_in_a_message(ada: Guest) -> None:
    await add(ada, ZOE["name"], ZOE["address"])

    assert [{**ZOE, "entry": ENTRY}] == await suggest(ada, "nun")
    assert [] == await suggest(ada, "xyz")
    assert [] == await suggest(ada, "%20")


async def test_a_group_stands_for_its_members(ada: Guest, house: House) -> None:
    group = await add_group(ada, house, "Church choir")
    for name, address in (("Zoe", "zoe@hills.example"), ("Olu", "olu@hills.example"), ("No", "")):
        id = await add(ada, name, address)
        await ada.post("/contacts/change", ("contact", id), do="put", to_group=group)

    [found] = await suggest(ada, "choir")
    assert {"name": "Church choir", "address": "group of 3", "group": group} == found
    members = await ada.ask_json(f"/contacts/groups/{group}/recipients")
    assert "Olu <olu@hills.example>, Zoe <zoe@hills.example>" == members.json["entry"]
    assert 404 == (await ada.ask_json(f"/contacts/groups/{'0' * 16}/recipients")).status


async def test_whom_a_message_went_to_is_suggested(ada: Guest, house: House) -> None:
    draft = await ada.compose()

    answer = await ada.write(draft, "send", to="Big Ben <ben@satchel.example>", subject="Collect")

    assert 303 == answer.status, answer.words
    await finished(house)
    [found] = await suggest(ada, "big")
    assert "ben@satchel.example" == found["address"]
    assert "Big Ben ben@satchel.example" in (await ada.get("/contacts/collected")).words
    for _ in range(2):
        forgotten = await ada.post("/contacts/collected/forget", address="ben@satchel.example")
        assert 303 == forgotten.status
    assert [] == await suggest(ada, "big")
    assert "Nobody yet" in (await ada.get("/contacts/collected")).words


async def test_whom_a_refused_message_went_to_is_not(ada: Guest, house: House) -> None:
    draft = await ada.compose()

    answer = await ada.write(draft, "send", to="nobody@elsewhere.example", subject="Refused")

    assert 200 == answer.status
    assert "Nothing was sent" in answer.words
    await finished(house)
    assert [] == await suggest(ada, "nobody")


async def test_a_message_is_sent_though_nobody_can_be_remembered(
    ada: Guest, house: House, fail: Fail
) -> None:
    draft = await ada.compose()
    fail()

    answer = await ada.write(draft, "send", to="ben@satchel.example", subject="Unremembered")

    assert 303 == answer.status, answer.words
    await finished(house)
    assert "Message sent." in (await ada.get("/m/Sent")).words


async def test_a_script_is_told_of_an_outage(ada: Guest, fail: Fail) -> None:
    fail()

    answer = await ada.ask_json("/contacts/suggest?text=zoe")

    assert 503 == answer.status
    assert "Try again" in answer.json["error"]


async def test_recipients_are_chosen_from_a_page_without_script(ada: Guest) -> None:
    await add(ada, ZOE["name"], ZOE["address"])
    await add(ada, "Olu", "olu@hills.example")
    draft = await ada.compose()
    chosen = await ada.write(draft, "pick", to="first@a.example", message="Typed with care.")
    page = await ada.get(chosen.headers["Location"])
    assert "Olu <olu@hills.example>" in page.words
    assert "Nobody found" in (await ada.get(f"{draft}/recipients?q=nobody")).words

    more = [("to", ENTRY), ("to", "first@a.example"), ("cc", "Olu <olu@hills.example>")]
    added = await ada.post(f"{draft}/recipients", *more)

    assert draft == added.headers["Location"]
    sheet = await ada.get(draft)
    assert f"first@a.example, {ENTRY}" == sheet.value_of("to")
    assert "Olu <olu@hills.example>" == sheet.value_of("cc")
    assert "Typed with care." == sheet.message


async def test_there_is_no_page_of_recipients_for_a_draft_that_is_not_there(ada: Guest) -> None:
    path = f"/compose/{'0' * 32}/recipients"

    assert 404 == (await ada.get(path)).status
    assert 404 == (await ada.post(path, to="x@y.example")).status


async def finished(house: House) -> None:
    """Wait until nothing is being remembered any more."""
    running = house.app[COLLECTING]
    if running:
        await asyncio.wait(running)
