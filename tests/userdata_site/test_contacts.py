"""The address book: kept, found, changed in two tabs, put into groups."""

import pytest

from tests.userdata_site.conftest import Fail, House
from tests.userdata_site.guest import Guest

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGES = ("/contacts", "/contacts/new", "/contacts/groups", "/contacts/collected")


async def add(guest: Guest, name: str, *addresses: str, **fields: str) -> str:
    """Add a contact and return its id."""
    before = (await guest.get("/contacts")).ids("/contacts")
    written = {"name": name, "addresses": "\n".join(addresses)}
    answer = await guest.post("/contacts/new", **written, **fields)
    assert 303 == answer.status, answer.words
    [id] = set((await guest.get("/contacts")).ids("/contacts")) - set(before)
    return id


async def add_group(guest: Guest, house: House, name: str) -> str:
    """Add a group and return its id."""
    assert 303 == (await guest.post("/contacts/groups/new", name=name)).status
    groups = await house.hooks.userdata_groups(owner=house.owner())
    return next(str(group.id) for group in groups if group.name == name)


async def test_nobody_yet_is_said_in_words(ada: Guest) -> None:
    assert "No contacts yet" in (await ada.get("/contacts")).words


async def test_a_contact_is_added_found_changed_and_deleted(ada: Guest) -> None:
    id = await add(ada, "Zoë Núñez", "zoe@hills.example", "z@work.example", notes="Tall\nand loud")
    assert "zoe@hills.example, z@work.example" in (await ada.get("/contacts?q=nunez")).words
    assert "Nobody found" in (await ada.get("/contacts?q=nobody")).words

    form = await ada.get(f"/contacts/{id}")
    fields = {"name": "Zoë", "addresses": "zoe@hills.example", "notes": "Tall"}
    revision = form.value_of("revision")
    assert "Tall\nand loud" in form.text
    assert 303 == (await ada.post(f"/contacts/{id}", **fields, revision=revision)).status
    assert "z@work.example" not in (await ada.get("/contacts")).words

    for _ in range(2):
        assert 303 == (await ada.post(f"/contacts/{id}/delete")).status
    assert 404 == (await ada.get(f"/contacts/{id}")).status


@pytest.mark.parametrize(
    "fields",
    [{}, {"addresses": "nobody"}, {"name": "x" * 300}, {"addresses": "a@b.example\nc d@e.example"}],
    ids=["nothing", "no address", "a long name", "one of two"],
)
async def test_what_cannot_be_kept_is_refused_and_shown_again(
    ada: Guest, fields: dict[str, str]
) -> None:
    answer = await ada.post("/contacts/new", **fields, organization="The Hills")

    assert 422 == answer.status
    assert 'role="alert"' in answer.text
    assert "The Hills" == answer.value_of("organization")
    assert [] == (await ada.get("/contacts")).ids("/contacts")


async def test_a_change_in_another_tab_is_shown_beside_ones_own(ada: Guest) -> None:
    id = await add(ada, "Zoe", "zoe@hills.example")
    fields = {"name": "Zoe", "addresses": "zoe@hills.example", "revision": "1"}
    await ada.post(f"/contacts/{id}", **fields, phone="+1 of the other tab")

    answer = await ada.post(f"/contacts/{id}", **fields, phone="+2 of mine")
    assert 409 == answer.status
    assert "+1 of the other tab" in answer.words
    assert "+2 of mine" in answer.words

    fields["revision"] = answer.value_of("revision")
    assert 303 == (await ada.post(f"/contacts/{id}", **fields, phone="+2 of mine")).status
    assert "+2 of mine" in (await ada.get(f"/contacts/{id}")).text


async def test_one_that_was_deleted_meanwhile_can_be_kept_as_a_new_one(ada: Guest) -> None:
    id = await add(ada, "Zoe")
    await ada.post(f"/contacts/{id}/delete")

    answer = await ada.post(f"/contacts/{id}", name="Zoe", revision="1")

    assert 409 == answer.status
    assert 'action="/contacts/new"' in answer.text


async def test_a_group_that_was_deleted_meanwhile_is_said(ada: Guest, house: House) -> None:
    id, group = await add(ada, "Zoe"), await add_group(ada, house, "Choir")
    await ada.post(f"/contacts/groups/{group}/delete")

    answer = await ada.post(f"/contacts/{id}", name="Zoe", revision="1", group=group)

    assert 409 == answer.status
    assert "A group was deleted" in answer.words
    assert 303 == (await ada.post(f"/contacts/{id}", name="Zoe", revision="1")).status


async def test_contacts_are_put_into_groups_and_taken_out(ada: Guest, house: House) -> None:
    zoe, olu = await add(ada, "Zoe"), await add(ada, "Olu")
    group = await add_group(ada, house, "Choir")
    both = [("contact", zoe), ("contact", olu)]

    await ada.post("/contacts/change", *both, do="put", to_group=group)
    assert {zoe, olu} == set((await ada.get(f"/contacts?group={group}")).ids("/contacts"))
    await ada.post("/contacts/change", ("contact", olu), do="take", from_group=group)
    assert [zoe] == (await ada.get(f"/contacts?group={group}")).ids("/contacts")

    await ada.post(f"/contacts/groups/{group}", name="Band")
    assert "Band 1" in (await ada.get("/contacts")).words
    await ada.post(f"/contacts/groups/{group}/delete")
    assert [olu, zoe] == (await ada.get("/contacts")).ids("/contacts")
    assert 404 == (await ada.get(f"/contacts?group={group}")).status


async def test_two_groups_have_two_names(ada: Guest, house: House) -> None:
    await add_group(ada, house, "Choir")

    answer = await ada.post("/contacts/groups/new", name="choir")

    assert 422 == answer.status
    assert "already" in answer.words


async def test_a_long_address_book_has_pages(ada: Guest, house: House) -> None:
    for number in range(52):
        await house.hooks.userdata_contact_save(
            owner=house.owner(), name=f"P{number:02}", addresses=[f"p{number}@a.example"]
        )

    first, second = await ada.get("/contacts"), await ada.get("/contacts?page=2")

    assert 50 == len(first.ids("/contacts"))
    assert "1\u201350 of 52" in first.words
    assert "/contacts?page=2" in first.text
    assert "51\u201352 of 52" in second.words
    assert {404} == {(await ada.get(f"/contacts?page={page}")).status for page in ("0", "x", "-1")}


async def test_many_are_deleted_at_once(ada: Guest) -> None:
    zoe, olu = await add(ada, "Zoe"), await add(ada, "Olu")

    await ada.post("/contacts/change", ("contact", zoe), ("contact", olu), do="delete")

    assert "No contacts yet" in (await ada.get("/contacts")).words


async def test_the_sender_of_a_message_is_added_once(ada: Guest) -> None:
    path = "/contacts/new?name=Zoe&address=zoe%40hills.example"
    form = await ada.get(path)
    assert "Zoe" == form.value_of("name")
    assert ">\nzoe@hills.example</textarea>" in form.text
    id = await add(ada, "Zoe", "zoe@hills.example")

    again = await ada.get(path, follow=False)

    assert f"/contacts/{id}" == again.headers["Location"]


async def test_another_users_contact_is_not_there(ada: Guest, house: House) -> None:
    owner = house.owner(1)
    theirs = await house.hooks.userdata_contact_save(owner=owner, name="Mei", addresses=[])

    assert 404 == (await ada.get(f"/contacts/{theirs.id}")).status
    assert 409 == (await ada.post(f"/contacts/{theirs.id}", name="x", revision="1")).status
    await ada.post(f"/contacts/{theirs.id}/delete")
    await ada.post("/contacts/change", ("contact", theirs.id), do="delete")
    assert 1 == (await house.hooks.userdata_contacts(owner=owner)).total


@pytest.mark.parametrize("path", PAGES)
async def test_an_outage_is_no_empty_page(ada: Guest, fail: Fail, path: str) -> None:
    fail()

    answer = await ada.get(path)

    assert 503 == answer.status
    assert f'href="{path}">Try again' in answer.text
    assert "yet" not in answer.words
    assert "Nothing you saved is lost" in answer.words
