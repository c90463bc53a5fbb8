from hypothesis import given
from hypothesis import strategies as st

from satchel.sessions.merge import merge
from satchel.sessions.values import text_of

names = st.sampled_from(["a", "b", "c", "d"])
leaves = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "x"])
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(names, values, max_size=4)


@given(objects, objects)
def test_without_another_writer_mine_is_the_answer(base, mine):
    assert text_of(mine) == text_of(merge(base, mine, base))


@given(objects, objects)
def test_who_changed_nothing_takes_theirs(base, theirs):
    assert text_of(theirs) == text_of(merge(base, base, theirs))


@given(objects, objects)
def test_what_both_did_alike_is_done_once(base, both):
    assert text_of(both) == text_of(merge(base, both, both))


@given(objects, objects, objects)
def test_every_name_that_only_one_changed_is_theirs_alone(base, mine, theirs):
    merged = merge(base, mine, theirs)

    for name in {*base, *mine, *theirs}:
        mine_kept = _text(mine, name) == _text(base, name)
        theirs_kept = _text(theirs, name) == _text(base, name)
        if mine_kept:
            assert _text(theirs, name) == _text(merged, name)
        elif theirs_kept:
            assert _text(mine, name) == _text(merged, name)


@given(st.lists(st.integers(), max_size=5), st.lists(st.integers()), st.lists(st.integers()))
def test_what_both_append_is_kept(base, one, other):
    merged = merge({"l": base}, {"l": base + one}, {"l": base + other})["l"]

    if one == other:
        assert base + one == merged
    else:
        assert base + other + one == merged


@given(st.permutations(range(6)), st.integers(0, 6), st.integers(0, 6))
def test_what_one_took_from_a_list_is_not_brought_back_by_the_other(items, first, second):
    mine, theirs = items[first:], [*items[:second], "new"]
    merged = merge({"l": items}, {"l": mine}, {"l": theirs})["l"]

    if mine != items:
        assert not set(items[:first]) & set(merged)
    assert "new" in merged


@given(objects, objects, objects)
def test_the_answer_shares_nothing_with_what_it_came_from(base, mine, theirs):
    before = [text_of(one) for one in (base, mine, theirs)]
    _fill(merge(base, mine, theirs))

    assert before == [text_of(one) for one in (base, mine, theirs)]


def test_edits_deep_inside_one_value_both_stand():
    base = {"composes": {"1": {"subject": "a", "to": ["x"]}}}
    mine = {"composes": {"1": {"subject": "b", "to": ["x"]}, "2": {}}}
    theirs = {"composes": {"1": {"subject": "a", "to": ["x", "y"]}, "3": {}}}

    merged = merge(base, mine, theirs)

    assert merged == {"composes": {"1": {"subject": "b", "to": ["x", "y"]}, "2": {}, "3": {}}}


def test_mine_stands_where_both_changed_one_text():
    assert merge({"x": "old"}, {"x": "mine"}, {"x": "theirs"}) == {"x": "mine"}


def test_one_and_true_are_two_things():
    assert merge({"x": 1}, {"x": True}, {"x": 1}) == {"x": True}
    assert merge({"x": 1}, {"x": True}, {"x": 1})["x"] is True


def _text(values, name):
    return text_of(values[name]) if name in values else None


def _fill(value):
    for item in list(value.values() if isinstance(value, dict) else value):
        if isinstance(item, dict | list):
            _fill(item)
    if isinstance(value, dict):
        value["filled"] = 1
    else:
        value.append("filled")
