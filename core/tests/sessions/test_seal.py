import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satchel.sessions.seal import LIMIT, KeyRing, Place, SealBroken
from satchel.sessions.values import text_of
from satchel_hookspecs import TooLarge

OLD, NEW = "the old secret, which has been long enough", "the new secret, which is also long enough"
HERE = Place("session", "key", "anna", "token")

texts = st.text(alphabet=st.characters())  # also surrogates, NUL, line ends
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_every_json_value_comes_back_as_it_was(value):
    ring = KeyRing([NEW])

    opened = ring.open(ring.seal(value, HERE), HERE)

    assert text_of(value) == text_of(opened.value)
    assert not opened.stale


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("throttle", "key", "anna", "token"),
        Place("session", "other", "anna", "token"),
        Place("session", "key", "bert", "token"),
        Place("session", "key", None, "token"),
        Place("session", "key", "anna", "stolen"),
        Place("session", "key", "anna", ""),
    ],
)
def test_a_value_opens_at_no_other_place(elsewhere):
    ring = KeyRing([NEW])
    data = ring.seal({"a": 1}, HERE)

    with pytest.raises(SealBroken):
        ring.open(data, elsewhere)

    assert ring.broken[elsewhere.kind] == 1


def test_every_flipped_bit_breaks_the_seal():
    ring = KeyRing([NEW])
    data = ring.seal({"a": 1}, HERE)

    for index in range(len(data)):
        flipped = data[:index] + bytes([data[index] ^ 1]) + data[index + 1 :]
        with pytest.raises(SealBroken):
            ring.open(flipped, HERE)

    assert len(data) == ring.broken["session"]


@pytest.mark.parametrize(
    "poison",
    [
        b"",
        b"\x01",
        b"{}",
        b'{"a": 1}',
        b"\x80\x04\x95cposix\nsystem\n",
        b"O:8:stdClass",
        b"\0" * 4096,
    ],
)
def test_what_another_wrote_into_the_store_is_one_error(poison):
    with pytest.raises(SealBroken):
        KeyRing([NEW]).open(poison, HERE)


def test_every_cut_breaks_the_seal():
    ring = KeyRing([NEW])
    data = ring.seal("x", HERE)

    for length in range(len(data)):
        with pytest.raises(SealBroken):
            ring.open(data[:length], HERE)


def test_an_old_secret_still_opens_and_the_newest_seals():
    old, both, new = KeyRing([OLD]), KeyRing([NEW, OLD]), KeyRing([NEW])
    opened = both.open(old.seal("x", HERE), HERE)

    assert (opened.value, opened.stale) == ("x", True)
    assert new.open(both.seal("x", HERE), HERE).value == "x"


def test_a_retired_secret_opens_nothing():
    with pytest.raises(SealBroken):
        KeyRing([NEW]).open(KeyRing([OLD]).seal("x", HERE), HERE)


def test_two_seals_of_one_value_differ():
    ring = KeyRing([NEW])

    assert ring.seal("x", HERE) != ring.seal("x", HERE)


def test_a_value_over_the_limit_is_refused_before_it_is_stored():
    with pytest.raises(TooLarge):
        KeyRing([NEW]).seal("x" * LIMIT, HERE)


def test_a_value_at_the_limit_comes_back():
    ring, text = KeyRing([NEW]), "x" * (LIMIT - 2)

    assert text == ring.open(ring.seal(text, HERE), HERE).value


def test_bytes_over_the_limit_are_not_even_deciphered():
    ring = KeyRing([NEW])
    data = ring.seal("x", HERE)

    with pytest.raises(SealBroken):
        ring.open(data + b"\0" * (LIMIT + 100), HERE)


@pytest.mark.parametrize("secrets", [[], ["short"], [NEW, ""]])
def test_no_secret_or_a_short_one_is_refused(secrets):
    with pytest.raises(ValueError, match="secret"):
        KeyRing(secrets)


def test_derived_keys_differ_by_purpose_and_secret():
    keys = [*KeyRing([NEW, OLD]).derived("plugin a"), *KeyRing([NEW, OLD]).derived("plugin b")]

    assert len(set(keys)) == 4
    assert {32} == {len(key) for key in keys}
    assert keys[:1] == list(KeyRing([NEW]).derived("plugin a"))


def test_sealed_bytes_show_nothing_of_the_value():
    data = KeyRing([NEW]).seal({"password": "correct horse"}, HERE)

    assert b"correct" not in data
    assert json.dumps("anna").encode() not in data


@pytest.mark.parametrize(
    "value", [(1,), {1: 2}, {"a": (1, 2)}, {None: 1}, {True: 1}, b"x", {1}, float("nan"), object()]
)
def test_what_json_would_change_is_refused(value):
    with pytest.raises(TypeError, match="JSON"):
        text_of(value)


def test_a_value_within_itself_is_refused():
    value = []
    value.append(value)

    with pytest.raises(TypeError, match="JSON"):
        text_of(value)
