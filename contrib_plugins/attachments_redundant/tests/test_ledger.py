"""Ledgers of one group are merged in any order, and nothing deleted comes back."""

from dataclasses import replace
from itertools import permutations

import pytest

from satchel_attachments_redundant.ledger import Ledger
from satchel_hookspecs import ChecksumMismatch
from satchel_hookspecs.group import MOST_GONE, Entry, Group


def entry(id: str, serial: int, revision: int = 1, filename: str = "a") -> Entry:
    return Entry(id, filename, "x/y", "upload", 0, serial, 1, "w", revision)


def group(*entries: Entry, expires: float = 100.0) -> Group:
    return Group(expires, max((one.serial for one in entries), default=0), False, entries)


ONE, TWO = entry("one", 1), entry("two", 2)
START = Ledger(group(ONE, TWO))


def test_what_is_deleted_on_one_side_is_deleted_after_a_merge() -> None:
    deleted = Ledger(START.group.without("one"))

    assert START.merge(deleted) == deleted.merge(START) == deleted


def test_the_later_revision_stays() -> None:
    renamed = Ledger(START.group.put(entry("one", 1, 2, "b")))

    assert START.merge(renamed) == renamed.merge(START) == renamed


@pytest.mark.parametrize("serial", [1, 3])
def test_what_was_deleted_stays_so_when_a_node_that_did_not_know_kept_it_anew(serial: int) -> None:
    deleted = Ledger(START.group.without("one"))
    anew = Ledger(group(TWO, entry("one", serial, 2)))

    for merged in (deleted.merge(anew), anew.merge(deleted)):
        assert [one.id for one in merged.group.entries] == ["two"]


def test_what_was_closed_stays_closed_and_empty() -> None:
    closed = Ledger(replace(START.group, closed=True, entries=()))

    assert START.merge(closed) == closed.merge(START) == closed


def test_the_longest_time_counts() -> None:
    longer = Ledger(replace(START.group, expires=200.0))

    assert START.merge(longer).group.expires == longer.merge(START).group.expires == 200.0


def test_ledgers_are_merged_alike_in_any_order_and_twice() -> None:
    changes = [
        Ledger(START.group.without("one")),
        Ledger(START.group.put(entry("two", 2, 2, "b"))),
        Ledger(replace(START.group.put(entry("three", 3)), serial=3)),
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
    full = Ledger(Group(1.0, gone=tuple(str(serial) for serial in range(MOST_GONE))))
    gone = full.merge(Ledger(Group(1.0, gone=("new",)))).group.gone

    assert len(gone) == MOST_GONE
    assert gone[-1] == "new"
    assert "0" not in gone


def test_a_ledger_is_read_as_it_was_written() -> None:
    ledger = Ledger(START.group.without("two"))

    assert Ledger.from_bytes(ledger.to_bytes()) == ledger


def test_a_ledger_that_begins_with_what_is_gone_is_read() -> None:
    before = b'{"gone": 1, "one": 1}\n' + group(entry("one", 3)).to_bytes()

    read = Ledger.from_bytes(before)
    assert [one.id for one in read.group.entries] == ["one"]
    assert read.group.gone == ("gone",)


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"{}\n{}", b"[\n" + START.group.to_bytes(), b"5\n" + START.group.to_bytes()]
)
def test_what_is_no_ledger_is_refused(raw: bytes) -> None:
    with pytest.raises(ChecksumMismatch):
        Ledger.from_bytes(raw)
