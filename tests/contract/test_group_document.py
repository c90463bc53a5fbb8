"""The group document as it lies in a store, whichever version of the contract wrote it."""

import json

from satchel_hookspecs.group import MOST_GONE, Entry, Group, Piece

PIECES = (Piece("p", 0, 1, 5),)
ENTRY = Entry("one", "a.txt", "text/plain", "upload", 0, 1, 5, "w", 2, "0" * 64, PIECES)
GROUP = Group(9.0, 1, False, (ENTRY,), ("two",))


def test_a_document_is_read_as_it_was_written() -> None:
    assert Group.from_bytes(GROUP.to_bytes()) == GROUP


def test_a_document_of_before_it_knew_what_is_gone_is_read() -> None:
    fields = json.loads(GROUP.to_bytes())
    del fields["gone"]

    before = Group.from_bytes(json.dumps(fields).encode())
    assert before.entries == (ENTRY,)
    assert before.gone == ()


def test_of_what_was_deleted_the_last_thousand_are_remembered() -> None:
    group = GROUP
    for number in range(MOST_GONE):
        group = group.without(str(number))

    assert group.gone == tuple(str(number) for number in range(MOST_GONE))
    assert group.without("5") == group
