"""Identities, and which one is the standard one."""

import pytest

from satchel_hookspecs import Conflict, Rejected

from .conftest import ANNA, BERT


async def save(hooks, name="Anna", owner=ANNA, **more):
    address = more.pop("address", "anna@example.org")
    return await hooks.userdata_identity_save(owner, name=name, address=address, **more)


async def test_what_was_saved_is_listed(hooks):
    saved = await save(
        hooks,
        organization="Example & Söhne",
        reply_to="reply@example.org",
        bcc="me@example.org",
        signature="-- \nAnna\n\t<b>0</b>\r\n",
        signature_is_html=True,
    )

    assert await hooks.userdata_identities(ANNA) == [saved]
    assert (saved.signature, saved.signature_is_html) == ("-- \nAnna\n\t<b>0</b>\n", True)
    assert (saved.standard, saved.revision) == (True, 1)
    assert await hooks.userdata_identities(BERT) == []


async def test_the_first_is_the_standard_one_until_another_is_chosen(hooks):
    first = await save(hooks, "first")
    second = await save(hooks, "second")
    await save(hooks, "second", id=second.id, standard=True)
    await save(hooks, "third", standard=False)

    listed = await hooks.userdata_identities(ANNA)
    assert [(one.name, one.standard) for one in listed] == [
        ("second", True), ("first", False), ("third", False),
    ]  # fmt: skip
    assert first.standard is True


async def test_deleting_the_standard_one_leaves_another(hooks):
    await save(hooks, "first")
    second = await save(hooks, "second", standard=True)

    deleted = [await hooks.userdata_identity_delete(ANNA, id=second.id) for _ in range(2)]

    assert deleted == [True, False]
    assert [(one.name, one.standard) for one in await hooks.userdata_identities(ANNA)] == [
        ("first", True)
    ]


async def test_a_change_in_another_tab_is_a_conflict_that_shows_it(hooks):
    first = await save(hooks)
    changed = await save(hooks, "Anna B.", id=first.id, expect=1)

    with pytest.raises(Conflict) as refused:
        await save(hooks, "Anna C.", id=first.id, expect=1)
    assert refused.value.current == changed
    assert changed.revision == 2


async def test_what_was_deleted_is_not_saved_again(hooks):
    saved = await save(hooks)
    await hooks.userdata_identity_delete(ANNA, id=saved.id)

    with pytest.raises(Conflict) as refused:
        await save(hooks, id=saved.id)
    assert refused.value.current is None


async def test_another_owner_changes_and_deletes_nothing(hooks):
    saved = await save(hooks)

    with pytest.raises(Conflict) as refused:
        await save(hooks, "Bert", owner=BERT, id=saved.id)
    assert refused.value.current is None
    assert await hooks.userdata_identity_delete(BERT, id=saved.id) is False
    assert await hooks.userdata_identities(ANNA) == [saved]


async def test_what_cannot_be_seen_is_not_kept_in_a_name(hooks):
    saved = await save(hooks, " Anna\r\nBcc:\0 all\u202e@x \ud800")

    assert saved.name == "Anna Bcc: all@x"


@pytest.mark.parametrize(
    "address",
    ["", "anna", "anna@", "@example.org", "a b@example.org", "a@b@c", "a@x\r\nBcc: b@x", "<a@x>",
     "a@x, b@x", "a\0@x", "a\u202e@x", "x" * 321 + "@x", "a@\ud800"],
)  # fmt: skip
@pytest.mark.parametrize("field", ["address", "reply_to", "bcc"])
async def test_what_is_no_address_is_refused(hooks, address, field):
    if not address and field != "address":
        return
    with pytest.raises(Rejected, match="no address"):
        await save(hooks, **{field: address})


@pytest.mark.parametrize("address", ["a@x", '"a b"@example.org', "ä@münchen.example", "a@[::1]"])
async def test_an_address_in_another_form_is_one(hooks, address):
    assert (await save(hooks, address=address)).address == address


async def test_a_signature_has_a_limit(hooks):
    assert len((await save(hooks, signature="ü" * 50_000)).signature) == 50_000
    with pytest.raises(Rejected, match="at most 50000"):
        await save(hooks, signature="x" * 50_001)
