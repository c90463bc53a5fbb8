"""Who a user writes as: kept, changed in two tabs, refused when no header could hold it."""

import pytest

from tests.userdata_site.conftest import Fail, House
from tests.userdata_site.guest import Guest

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIST = "/settings/identities"


async def add(guest: Guest, name: str, address: str, **fields: str) -> str:
    """Add an identity and return its id."""
    before = (await guest.get(LIST)).ids(LIST)
    answer = await guest.post(f"{LIST}/new", name=name, address=address, **fields)
    assert 303 == answer.status, answer.words
    [id] = set((await guest.get(LIST)).ids(LIST)) - set(before)
    return id


async def test_without_any_the_account_itself_is_offered(ada: Guest) -> None:
    assert "You write as ada@satchel.example" in (await ada.get(LIST)).words
    assert "ada@satchel.example" == (await ada.get(f"{LIST}/new")).value_of("address")


async def test_an_identity_is_added_changed_and_deleted(ada: Guest) -> None:
    id = await add(ada, "Ada", "ada@satchel.example", signature="Ada\nof the hills")
    form = await ada.get(f"{LIST}/{id}")
    assert "Ada\nof the hills" in form.text

    fields = {"address": "ada@satchel.example", "revision": form.value_of("revision")}
    await ada.post(f"{LIST}/{id}", name="Ada W.", **fields)
    assert "Ada W." in (await ada.get(LIST)).words

    for _ in range(2):
        assert 303 == (await ada.post(f"{LIST}/{id}/delete")).status
    assert [] == (await ada.get(LIST)).ids(LIST)
    assert 404 == (await ada.get(f"{LIST}/{id}")).status


async def test_the_standard_one_is_chosen(ada: Guest) -> None:
    first = await add(ada, "One", "one@satchel.example")
    second = await add(ada, "Two", "two@satchel.example", standard="yes")

    assert [second, first] == (await ada.get(LIST)).ids(LIST)


async def test_a_change_in_another_tab_is_shown_beside_ones_own(ada: Guest, house: House) -> None:
    id = await add(ada, "Ada", "ada@satchel.example", signature="Old")
    revision = (await ada.get(f"{LIST}/{id}")).value_of("revision")
    fields = {"name": "Ada", "address": "ada@satchel.example"}
    await ada.post(f"{LIST}/{id}", **fields, signature="Of the other tab", revision=revision)

    answer = await ada.post(f"{LIST}/{id}", **fields, signature="Of mine", revision=revision)
    assert 409 == answer.status
    assert "Of mine" in answer.words
    assert "Of the other tab" in answer.words
    [kept] = await house.hooks.userdata_identities(owner=house.owner())
    assert "Of the other tab" == kept.signature

    again = answer.value_of("revision")
    saved = await ada.post(f"{LIST}/{id}", **fields, signature="Of mine", revision=again)
    assert 303 == saved.status


async def test_one_that_was_deleted_meanwhile_can_be_kept_as_a_new_one(ada: Guest) -> None:
    id = await add(ada, "Ada", "ada@satchel.example")
    await ada.post(f"{LIST}/{id}/delete")

    fields = {"name": "Ada", "address": "ada@satchel.example", "revision": "1"}
    answer = await ada.post(f"{LIST}/{id}", **fields)

    assert 409 == answer.status
    assert "deleted in another tab" in answer.words
    assert f'action="{LIST}/new"' in answer.text


@pytest.mark.parametrize(
    "fields",
    [
        {"address": "nobody"},
        {"address": "a@b.example\nBcc: c@d.example"},
        {"address": "a@b.example, c@d.example"},
        {"address": "a@b.example", "reply_to": "x"},
        {"address": "a@b.example", "bcc": "x@y@z"},
        {"address": "a@b.example", "name": "x" * 300},
    ],
    ids=["no address", "a line break", "two", "reply to", "bcc", "a long name"],
)
async def test_what_no_header_can_hold_is_refused(ada: Guest, fields: dict[str, str]) -> None:
    answer = await ada.post(f"{LIST}/new", **fields)

    assert 422 == answer.status
    assert 'role="alert"' in answer.text
    assert [] == (await ada.get(LIST)).ids(LIST)


async def test_a_name_that_would_be_markup_is_shown_as_it_is(ada: Guest) -> None:
    await add(ada, '<script>alert("x")</script>', "ada@satchel.example")

    page = await ada.get(LIST)

    assert '<script>alert("x")</script>' in page.words
    assert "<script>alert" not in page.text


async def test_another_users_identity_is_not_there(ada: Guest, house: House) -> None:
    other = await house.hooks.userdata_identity_save(
        owner=house.owner(1), name="Ben", address="ben@satchel.example"
    )

    assert 404 == (await ada.get(f"{LIST}/{other.id}")).status
    fields = {"name": "x", "address": "x@y.example", "revision": "1"}
    assert 409 == (await ada.post(f"{LIST}/{other.id}", **fields)).status
    await ada.post(f"{LIST}/{other.id}/delete")
    assert 1 == len(await house.hooks.userdata_identities(owner=house.owner(1)))


async def test_an_outage_is_no_empty_list(ada: Guest, fail: Fail) -> None:
    fail()

    answer = await ada.get(LIST)

    assert 503 == answer.status
    assert "You write as" not in answer.words
    assert "Try again" in answer.words
