"""How things are written on a page."""

from datetime import UTC, datetime, timedelta

import pytest

from satchel.mail.addresses import Address
from satchel_site.words import briefly, fully, hue, initials, size

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


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
    ("before", "expected"),
    [
        (timedelta(hours=2), "10:00"),
        (timedelta(days=1), "Sun"),
        (timedelta(days=40), "14 Oct"),
        (timedelta(days=400), "19 Oct 2025"),
        (timedelta(days=-2), "25 Nov"),
    ],
)
def test_a_time_is_as_short_as_it_can_be_understood(before: timedelta, expected: str) -> None:
    assert expected == briefly(NOON - before, NOON)


def test_a_full_time_names_its_zone() -> None:
    assert "Monday, 23 November 2026, 12:00 UTC" == fully(NOON)


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
