"""How things are written on a page."""

import pytest

from satchel.mail.addresses import Address
from satchel_site.words import hue, initials, size


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 KB"),
        (1_440_000, "1.4 MB"),
        (999_600, "1.0 MB"),
        (26_214_400, "26 MB"),
        (5 * 10**15, "5000 TB"),
    ],
)
def test_a_size_is_short(count: int, expected: str) -> None:
    assert expected == size(count)


@pytest.mark.parametrize(
    ("name", "mailbox", "expected"),
    [
        ("Ada Winter", "a@x", "AW"),
        ("Ana", "a@x", "A"),
        ("", "ben@x", "b"),
        ("  (x) ", "@", "?"),
        ("مريم حداد", "m@x", "مح"),
    ],
)
def test_initials_stand_for_anybody(name: str, mailbox: str, expected: str) -> None:
    assert expected == initials(Address(name, mailbox))


def test_a_person_keeps_the_colour() -> None:
    assert hue(Address("A", "a@x.example")) == hue(Address("B", "A@X.example"))
