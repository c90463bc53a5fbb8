"""Only satchel writes what satchel believes."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satchel_memcache import Foreign, Forged, Seal, Stamp
from satchel_memcache.expiry import MARGIN, MONTH, to_exptime
from satchel_memcache.stamp import PAST, WRITE

KEYS = (b"k" * 32,)
STAMP = Stamp("satchel:session:1", 3, 4, b"w" * WRITE, b"v" * WRITE * 2, 5.5, 6.5, False, b"body")


@given(
    key=st.text(st.characters(codec="utf-8"), max_size=40),
    numbers=st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1)),
    write=st.binary(min_size=WRITE, max_size=WRITE),
    past=st.lists(st.binary(min_size=WRITE, max_size=WRITE), max_size=PAST),
    times=st.tuples(st.floats(0, 1e12), st.floats(0, 1e12)),
    dead=st.booleans(),
    body=st.binary(max_size=5000),
)
def test_what_was_sealed_is_what_is_opened(
    key: str,
    numbers: tuple[int, int],
    write: bytes,
    past: list[bytes],
    times: tuple[float, float],
    dead: bool,
    body: bytes,
) -> None:
    seal, stamp = Seal(KEYS), Stamp(key, *numbers, write, b"".join(past), *times, dead, body)

    assert seal.open(seal.close(stamp), key) == stamp
    assert all(stamp.follows(one) for one in [write, *past])


def test_a_change_anywhere_is_noticed() -> None:
    seal = Seal(KEYS)
    raw = seal.close(STAMP)

    for at in range(len(raw)):
        changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        with pytest.raises(Forged):
            seal.open(changed, STAMP.key)


@pytest.mark.parametrize("raw", [b"", b"s1", b"s1" + bytes(16), b"\x80\x04N.", b"{}", b"x" * 10**6])
def test_what_satchel_did_not_write_is_forged(raw: bytes) -> None:
    with pytest.raises(Forged):
        Seal(KEYS).open(raw, STAMP.key)


def test_a_part_of_it_is_forged() -> None:
    raw = Seal(KEYS).close(STAMP._replace(body=b"b" * 5000))

    for size in (len(raw) - 1, 2047, 100, 20, 10):
        with pytest.raises(Forged):
            Seal(KEYS).open(raw[:size], STAMP.key)


def test_what_was_copied_from_another_key_is_foreign() -> None:
    with pytest.raises(Foreign):
        Seal(KEYS).open(Seal(KEYS).close(STAMP), "satchel:session:2")


def test_a_key_that_was_replaced_still_opens() -> None:
    old, new, other = Seal(KEYS), Seal((b"n" * 32, *KEYS)), Seal((b"n" * 32,))
    raw = old.close(STAMP)

    assert new.open(raw, STAMP.key) == STAMP
    with pytest.raises(Forged):
        other.open(raw, STAMP.key)
    with pytest.raises(Forged):
        old.open(new.close(STAMP), STAMP.key)


@pytest.mark.parametrize("seconds", [0, 1, 600, MONTH - MARGIN])
def test_a_short_time_is_told_as_seconds(seconds: int) -> None:
    assert to_exptime(1e9 + seconds, 1e9) == seconds + MARGIN


def test_a_time_that_is_over_is_never_told_as_for_ever() -> None:
    assert to_exptime(0, 1e9) == 1


def test_more_than_thirty_days_are_told_as_a_date() -> None:
    now, seconds = 1_800_000_000.5, 50_000 * 60

    assert to_exptime(now + seconds, now) == math.ceil(now) + seconds + MARGIN
