"""The address book and its groups."""

import asyncio

import pytest

from satchel_hookspecs import Conflict, Rejected

from .conftest import ANNA, BERT


async def save(hooks, name="Bert", addresses=("bert@example.org",), owner=ANNA, **more):
    return await hooks.userdata_contact_save(owner, name=name, addresses=addresses, **more)


async def names(hooks, text="", **more):
    page = await hooks.userdata_contacts(ANNA, text=text, **more)
    return [contact.name for contact in page.contacts]


async def test_what_was_saved_is_read(hooks):
    group = await hooks.userdata_group_save(ANNA, name="Friends")
    saved = await save(
        hooks,
        "Bert Müller",
        ["b@example.org", "bert@example.com"],
        organization="Example",
        phone="+49 1",
        notes="one\ntwo",
        groups=[group.id],
    )

    assert await hooks.userdata_contact(ANNA, id=saved.id) == saved
    assert saved.addresses == ("b@example.org", "bert@example.com")
    assert (saved.groups, saved.notes, saved.revision) == ((group.id,), "one\ntwo", 1)
    assert await hooks.userdata_contact(BERT, id=saved.id) is None
    assert (await hooks.userdata_contacts(BERT)).total == 0


async def test_a_change_replaces_all_and_leaves_groups_that_were_not_named(hooks):
    group = await hooks.userdata_group_save(ANNA, name="Friends")
    saved = await save(hooks, groups=[group.id])

    changed = await save(hooks, "Berta", ["new@example.org"], id=saved.id, expect=1)
    assert (changed.name, changed.addresses) == ("Berta", ("new@example.org",))
    assert (changed.groups, changed.revision) == ((group.id,), 2)
    assert (await save(hooks, id=saved.id, groups=[])).groups == ()


async def test_a_change_in_another_tab_is_a_conflict_that_shows_it(hooks):
    saved = await save(hooks)
    changed = await save(hooks, "Berta", id=saved.id)

    with pytest.raises(Conflict) as refused:
        await save(hooks, "Bob", ["bob@example.org"], id=saved.id, expect=1)
    assert refused.value.current == changed
    assert await hooks.userdata_contact(ANNA, id=saved.id) == changed


async def test_an_address_is_in_a_contact_once(hooks):
    saved = await save(hooks, "B", ["Bert@example.org", "b@x", " bert@EXAMPLE.org"])

    assert saved.addresses == ("Bert@example.org", "b@x")


async def test_a_contact_needs_a_name_or_an_address(hooks):
    assert (await save(hooks, "Bert", [])).addresses == ()
    assert (await save(hooks, "", ["b@example.org"])).name == ""
    with pytest.raises(Rejected, match="a name, or"):
        await save(hooks, " \r\n", [])


@pytest.mark.parametrize(
    "more",
    [{"name": "x" * 256}, {"addresses": ["no"]}, {"notes": "x" * 20_001}, {"phone": "1" * 256},
     {"addresses": [f"b{n}@x" for n in range(51)]}],
)  # fmt: skip
async def test_what_is_too_much_or_wrong_is_refused_and_nothing_kept(hooks, more):
    with pytest.raises(Rejected):
        await save(hooks, **more)

    assert (await hooks.userdata_contacts(ANNA)).total == 0


async def test_an_owner_has_room_for_so_many_contacts(open_hooks):
    hooks = await open_hooks(most_contacts=2)
    await save(hooks)
    kept = await save(hooks)

    with pytest.raises(Rejected, match="at most 2"):
        await save(hooks)
    await save(hooks, "Berta", id=kept.id)
    await save(hooks, owner=BERT)
    assert (await hooks.userdata_contacts(ANNA)).total == 2


async def test_deleting_counts_those_that_were_there_and_are_the_owners(hooks):
    mine, other = await save(hooks), await save(hooks, owner=BERT)

    assert await hooks.userdata_contacts_delete(ANNA, ids=[mine.id, other.id, "none"]) == 1
    assert await hooks.userdata_contacts_delete(ANNA, ids=[mine.id]) == 0
    assert await hooks.userdata_contacts_delete(ANNA, ids=[]) == 0
    assert await hooks.userdata_contact(BERT, id=other.id) == other


async def test_contacts_are_by_name_in_every_script_and_come_in_pages(hooks):
    for name in ("zoe", "Émile", "anna", "Eva", "Борис", "Änne"):
        await save(hooks, name)

    assert await names(hooks) == ["anna", "Änne", "Émile", "Eva", "zoe", "Борис"]
    assert await names(hooks, first=2, limit=2) == ["Émile", "Eva"]
    page = await hooks.userdata_contacts(ANNA, first=4, limit=10)
    assert (len(page.contacts), page.total) == (2, 6)
    assert await names(hooks, first=-1, limit=-1) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("MÜLL", ["Anna Müller"]),
        ("muller anna", ["Anna Müller"]),
        ("ΣΊΣΥΦΟΣ", ["Σίσυφος"]),
        ("strasse", ["Straße GmbH"]),
        ("борис", ["БОРИС"]),
        ("exam", ["Anna Müller", "Straße GmbH", "Σίσυφος", "БОРИС"]),
        ("example.org", ["Anna Müller", "Straße GmbH", "Σίσυφος", "БОРИС"]),
        ("anna boris", []),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("'; DROP TABLE userdata_contacts; --", []),
        ("\0\ud800", []),
        ("x" * 100_000, []),
    ],
)
async def test_a_search_is_for_every_word_without_case_and_accents(hooks, text, found):
    for number, name in enumerate(["Anna Müller", "Straße GmbH", "Σίσυφος", "БОРИС"]):
        await save(hooks, name, [f"n{number}@example.org"])

    assert await names(hooks, text) == found


async def test_a_group_is_named_once_and_counts_its_contacts(hooks):
    contacts = [await save(hooks) for _ in range(3)]
    group = await hooks.userdata_group_save(ANNA, name="Friends")
    await hooks.userdata_group_save(BERT, name="Friends")
    ids = [contact.id for contact in contacts]
    await hooks.userdata_group_change(ANNA, id=group.id, add=ids)
    await hooks.userdata_group_change(ANNA, id=group.id, add=ids[:2], drop=ids[2:])

    with pytest.raises(Rejected, match='"friends" already'):
        await hooks.userdata_group_save(ANNA, name=" friends ")
    [listed] = await hooks.userdata_groups(ANNA)
    assert (listed.name, listed.size) == ("Friends", 2)
    page = await hooks.userdata_contacts(ANNA, group=group.id)
    assert {contact.id for contact in page.contacts} == set(ids[:2])


async def test_a_group_is_renamed_and_deleted_without_its_contacts(hooks):
    contact = await save(hooks)
    group = await hooks.userdata_group_save(ANNA, name="Friends")
    other = await hooks.userdata_group_save(ANNA, name="Others")
    await hooks.userdata_group_change(ANNA, id=group.id, add=[contact.id])

    renamed = await hooks.userdata_group_save(ANNA, name="Enemies", id=group.id)
    assert (renamed.id, renamed.name, renamed.size) == (group.id, "Enemies", 1)
    with pytest.raises(Rejected, match="already"):
        await hooks.userdata_group_save(ANNA, name="Enemies", id=other.id)
    deleted = [await hooks.userdata_group_delete(ANNA, id=group.id) for _ in range(2)]
    assert deleted == [True, False]
    assert (await hooks.userdata_contact(ANNA, id=contact.id)).groups == ()
    with pytest.raises(Conflict):
        await hooks.userdata_group_save(ANNA, name="Late", id=group.id)


async def test_nobody_gets_into_the_group_of_another(hooks):
    mine, other = await save(hooks), await save(hooks, owner=BERT)
    group = await hooks.userdata_group_save(ANNA, name="Friends")

    with pytest.raises(Conflict):
        await hooks.userdata_group_change(ANNA, id=group.id, add=[mine.id, other.id])
    with pytest.raises(Conflict):
        await hooks.userdata_group_change(BERT, id=group.id, add=[other.id])
    with pytest.raises(Conflict):
        await save(hooks, owner=BERT, groups=[group.id])
    assert (await hooks.userdata_groups(ANNA))[0].size == 0
    assert (await hooks.userdata_contacts(BERT)).total == 1


async def test_putting_the_same_into_a_group_at_once_is_no_error(open_hooks):
    nodes = [await open_hooks(), await open_hooks()]
    contact = await save(nodes[0])
    group = await nodes[0].userdata_group_save(ANNA, name="Friends")

    await asyncio.gather(
        *(
            nodes[n % 2].userdata_group_change(ANNA, id=group.id, add=[contact.id])
            for n in range(10)
        )
    )

    assert (await nodes[0].userdata_groups(ANNA))[0].size == 1


async def test_deleting_an_owner_leaves_nothing_and_takes_nobody_elses(hooks):
    for owner in (ANNA, BERT):
        contact = await save(hooks, owner=owner)
        group = await hooks.userdata_group_save(owner, name="Friends")
        await hooks.userdata_group_change(owner, id=group.id, add=[contact.id])
        await hooks.userdata_preferences_set(owner, changes={"a": 1})
        await hooks.userdata_recipients_used(owner, recipients=[("", "c@example.org")])

    await hooks.userdata_delete(ANNA)

    assert await hooks.userdata_preferences(ANNA) == {}
    assert await hooks.userdata_suggest(ANNA, text="example") == ()
    assert await hooks.userdata_groups(ANNA) == []
    assert (await hooks.userdata_groups(BERT))[0].size == 1
    assert len(await hooks.userdata_suggest(BERT, text="example")) == 2
