"""Suggestions while a recipient is typed, and the recipients that were collected."""

import asyncio
import logging
import time

import pytest
from sqlalchemy import insert

from satchel_hookspecs import Unavailable
from satchel_userdata import Suggestion
from satchel_userdata.fold import fold, same_key
from satchel_userdata.tables import Tables

from .conftest import ANNA, BERT, Source


async def suggested(hooks, text, limit=10):
    return [one.address for one in await hooks.userdata_suggest(ANNA, text=text, limit=limit)]


async def know(hooks, *contacts):
    for name, address in contacts:
        await hooks.userdata_contact_save(ANNA, name=name, addresses=[address])


async def write_to(hooks, *addresses):
    for address in addresses:
        await hooks.userdata_recipients_used(ANNA, recipients=[("", address)])


async def test_a_word_that_begins_so_comes_before_one_that_holds_it(hooks):
    await know(hooks, ("Joanna", "j@x.org"), ("Anna", "z@x.org"), ("Eva", "anna@x.org"))

    assert await suggested(hooks, "ann") == ["z@x.org", "anna@x.org", "j@x.org"]


async def test_who_was_written_to_last_comes_first(hooks):
    await know(hooks, ("Anna", "a@x.org"), ("Anna", "b@x.org"), ("Anna", "c@x.org"))
    await write_to(hooks, "c@x.org", "B@X.ORG", "anna-d@x.org")

    assert await suggested(hooks, "anna") == ["anna-d@x.org", "b@x.org", "c@x.org", "a@x.org"]


async def test_an_address_is_suggested_once_as_the_address_book_has_it(hooks):
    await hooks.userdata_recipients_used(ANNA, recipients=[("annie", "ANNA@x.org")])
    await know(hooks, ("Anna", "anna@x.org"))

    found = await hooks.userdata_suggest(ANNA, text="ann")
    assert found == (Suggestion("Anna", "anna@x.org", "contacts"),)


async def test_every_address_of_a_contact_is_suggested(hooks):
    await hooks.userdata_contact_save(ANNA, name="Anna", addresses=["b@x.org", "a@y.org"])

    assert await suggested(hooks, "anna") == ["a@y.org", "b@x.org"]
    assert await suggested(hooks, "anna y.org") == ["a@y.org"]


@pytest.mark.parametrize("text", ["", " ", "%", "_", "\0", "\ud800", "@", "🔑", "a' OR '1'='1"])
async def test_a_strange_text_finds_nobody(hooks, text):
    await know(hooks, ("Anna", "anna@x.org"))

    assert await suggested(hooks, text) == []


@pytest.mark.parametrize("text", ["MULLER", "müll", "Mu\u0308ller", "ller", "n.m@x"])
async def test_case_and_accents_do_not_matter(hooks, text):
    await know(hooks, ("MÜLLER", "an.m@x.org"))

    assert await suggested(hooks, text) == ["an.m@x.org"]


async def test_nobody_elses_people_are_suggested(hooks):
    await know(hooks, ("Anna", "anna@x.org"))
    await write_to(hooks, "annie@x.org")

    assert await hooks.userdata_suggest(BERT, text="ann") == ()


@pytest.mark.parametrize(("limit", "found"), [(1, 1), (0, 0), (-1, 0), (1000, 100)])
async def test_there_are_no_more_than_were_asked_for(hooks, limit, found):
    recipients = [("", f"anna{n}@x.org") for n in range(120)]
    await hooks.userdata_recipients_used(ANNA, recipients=recipients)

    assert len(await suggested(hooks, "anna", limit)) == found


async def answer_of(*found):
    return found


async def test_another_source_is_ranked_with_the_users_own(hooks, sources):
    await know(hooks, ("Joanna", "j@x.org"), ("Anna", "anna@x.org"))
    directory = [Suggestion("Annabel", "bel@x.org", "ldap"), Suggestion("A", "ANNA@x.org", "ldap")]
    sources.append(Source(lambda: answer_of(*directory)))

    found = await hooks.userdata_suggest(ANNA, text="ann")
    assert [(one.address, one.source) for one in found] == [
        ("anna@x.org", "contacts"), ("bel@x.org", "ldap"), ("j@x.org", "contacts"),
    ]  # fmt: skip


async def test_what_is_no_address_is_not_taken_from_another_source(hooks, sources):
    wrong = [Suggestion("Ann", "a@x\r\nBcc: b@x", "ldap"), Suggestion("Ann" * 999, "a@x", "ldap")]
    sources.append(Source(lambda: answer_of(*wrong)))

    assert await suggested(hooks, "ann") == []


async def test_a_source_that_fails_is_left_out_and_logged(hooks, sources, caplog):
    async def fail():
        raise ConnectionRefusedError

    await know(hooks, ("Anna", "anna@x.org"))
    sources.append(Source(fail))
    with caplog.at_level(logging.WARNING):
        assert await suggested(hooks, "anna") == ["anna@x.org"]

    assert "left out" in caplog.text


async def test_a_source_that_hangs_costs_no_more_than_its_seconds(open_hooks, sources, caplog):
    ended = asyncio.Event()

    async def hang():
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    hooks = await open_hooks(search_seconds=0.05)
    await know(hooks, ("Anna", "anna@x.org"))
    sources.append(Source(hang))
    began = time.monotonic()
    assert await suggested(hooks, "anna") == ["anna@x.org"]

    assert time.monotonic() - began < 5
    await asyncio.wait_for(ended.wait(), 5)
    assert "did not come" in caplog.text


async def test_a_database_that_fails_is_unavailable_and_leaves_nothing_running(
    hooks, sources, monkeypatch
):
    def fail(*tables):
        raise Unavailable("It is gone.")

    sources.append(Source(lambda: asyncio.sleep(60, ())))
    monkeypatch.setattr(hooks.database, "read", fail)
    with pytest.raises(Unavailable):
        await hooks.userdata_suggest(ANNA, text="anna")
    await asyncio.sleep(0)

    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_recipients_are_listed_by_when_they_were_used(hooks):
    await hooks.userdata_recipients_used(
        ANNA, recipients=[("Anna", "a@x.org"), ("no", "address"), ("Bert", "b@x.org")]
    )
    await hooks.userdata_recipients_used(ANNA, recipients=[("Anna B.", "A@x.org")])

    first, second = await hooks.userdata_recipients(ANNA)
    assert (first.name, first.address, first.times) == ("Anna B.", "A@x.org", 2)
    assert (second.name, second.times) == ("Bert", 1)
    assert await hooks.userdata_recipient_delete(ANNA, address="a@X.org") is True
    assert await hooks.userdata_recipient_delete(ANNA, address="a@X.org") is False
    assert len(await hooks.userdata_recipients(ANNA)) == 1


async def test_the_same_recipient_used_at_once_on_two_nodes_is_counted_twice(open_hooks):
    nodes = [await open_hooks(), await open_hooks()]

    await asyncio.gather(*(write_to(nodes[n % 2], "a@x.org", "b@x.org") for n in range(10)))

    assert [one.times for one in await nodes[0].userdata_recipients(ANNA)] == [10, 10]


async def test_the_oldest_recipients_make_room(hooks, monkeypatch):
    monkeypatch.setattr("satchel_userdata.recipients.MOST", 3)
    await write_to(hooks, *(f"{name}@x.org" for name in "abcde"), "c@x.org")

    listed = await hooks.userdata_recipients(ANNA)
    assert [one.address for one in listed] == ["c@x.org", "e@x.org", "d@x.org"]


async def test_ten_thousand_contacts_are_searched_quickly(hooks):
    names = ("Anna", "Bert", "Carla", "Dörte", "Емил")
    people = [(f"{names[n % 5]} N{n:05}", f"n{n}@host{n % 97}.example.org") for n in range(10_000)]
    await fill(hooks, people)
    await write_to(hooks, "n7777@host17.example.org")

    spent = []
    for text in ("n07777", "dorte", "host17 carla", "емил n", "nobody at all"):
        began = time.perf_counter()
        found = await suggested(hooks, text)
        spent.append(time.perf_counter() - began)
        assert len(found) == {"n07777": 1, "nobody at all": 0}.get(text, 10)
    page = await hooks.userdata_contacts(ANNA, text="bert", first=1990, limit=20)

    assert (await suggested(hooks, "carla"))[0] == "n7777@host17.example.org"
    assert (page.total, len(page.contacts)) == (2000, 10)
    assert sorted(spent)[2] < 0.25


async def fill(hooks, people):
    tables = Tables(hooks.database)
    contacts = [
        {"id": f"{n}", "owner": ANNA, "name": name, "sorted": fold(name), "organization": "",
         "folded": fold(name, address), "phone": "", "notes": "", "revision": 1}
        for n, (name, address) in enumerate(people)
    ]  # fmt: skip
    addresses = [
        {"contact": f"{n}", "number": 0, "owner": ANNA, "name": name, "address": address,
         "address_key": same_key(address), "folded": fold(name, address)}
        for n, (name, address) in enumerate(people)
    ]  # fmt: skip
    async with hooks.database.write() as connection:
        await connection.execute(insert(tables.contacts), contacts)
        await connection.execute(insert(tables.addresses), addresses)
