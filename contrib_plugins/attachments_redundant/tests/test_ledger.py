"""Ledgers of one group are merged in any order, and nothing deleted comes back."""

from dataclasses import replace
from itertools import permutations

import pytest

from satchel_attachments_redundant.ledger import MOST_GONE, Ledger
from satchel_hookspecs import ChecksumMismatch
from satchel_hookspecs.group import Entry, Group


def entry(id: str, serial: int, revision: int = 1, filename: str = "a") -> Entry:
    return Entry(id, filename, "x/y", "upload", 0, serial, 1, "w", revision)


def group(*entries: Entry, expires: float = 100.0) -> Group:
    return Group(expires, max((one.serial for one in entries), default=0), False, entries)


ONE, TWO = entry("one", 1), entry("two", 2)
START = Ledger(group(ONE, TWO))


def test_what_is_deleted_on_one_side_is_deleted_after_a_merge() -> None:
    deleted = START.then(START.group.without("one"))

    assert START.merge(deleted) == deleted.merge(START) == deleted


def test_the_later_revision_stays() -> None:
    renamed = START.then(START.group.put(entry("one", 1, 2, "b")))

    assert START.merge(renamed) == renamed.merge(START) == renamed


def test_one_that_was_uploaded_again_after_it_was_deleted_stays() -> None:
    deleted = START.then(START.group.without("one"))
    again = deleted.then(replace(deleted.group.put(entry("one", 3)), serial=3))

    merged = again.merge(deleted).merge(START)
    assert [one.id for one in merged.group.entries] == ["two", "one"]


def test_what_was_closed_stays_closed_and_empty() -> None:
    closed = START.then(replace(START.group, closed=True, entries=()))

    assert START.merge(closed) == closed.merge(START) == closed


def test_the_longest_time_counts() -> None:
    longer = START.then(replace(START.group, expires=200.0))

    assert START.merge(longer).group.expires == longer.merge(START).group.expires == 200.0


def test_ledgers_are_merged_alike_in_any_order_and_twice() -> None:
    changes = [
        START.then(START.group.without("one")),
        START.then(START.group.put(entry("two", 2, 2, "b"))),
        START.then(replace(START.group.put(entry("three", 3)), serial=3)),
    ]
    results = set()
    for order in permutations(changes):
        merged = START
        for ledger in (*order, *order):
            merged = merged.merge(ledger)
        results.add(merged.to_bytes())

    assert len(results) == 1
    [result] = results
    named = [(one.id, one.filename) for one in Ledger.from_bytes(result).group.entries]
    assert named == [("two", "b"), ("three", "a")]


def test_of_what_is_gone_only_the_last_is_remembered() -> None:
    full = Ledger(group(), {str(serial): serial for serial in range(MOST_GONE)})
    more = Ledger(group(entry("new", MOST_GONE))).merge(full).then(group())

    assert len(more.gone) == MOST_GONE
    assert "new" in more.gone
    assert "0" not in more.gone


def test_a_ledger_is_read_as_it_was_written() -> None:
    ledger = START.then(START.group.without("two"))

    assert Ledger.from_bytes(ledger.to_bytes()) == ledger


@pytest.mark.parametrize("raw", [b"", b"{}", b"{}\n{}", b"[\n" + START.group.to_bytes()])
def test_what_is_no_ledger_is_refused(raw: bytes) -> None:
    with pytest.raises(ChecksumMismatch):
        Ledger.from_bytes(raw)
