"""How dates and times are written, for whoever reads them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from satchel_site.dates import Dates

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
AMERICAN = Dates(ZoneInfo("America/New_York"), "month", "12")
ISO = Dates(ZoneInfo("Asia/Kolkata"), "iso")


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
    assert expected == Dates().briefly(NOON - before, NOON)


@pytest.mark.parametrize(
    ("before", "american", "iso"),
    [
        (timedelta(0), "7:00 am", "17:30"),
        (timedelta(hours=8), "Sun", "09:30"),
        (timedelta(days=40), "Oct 14", "2026-10-14"),
        (timedelta(days=400), "Oct 19, 2025", "2025-10-19"),
    ],
)
def test_a_time_is_written_in_the_readers_zone_and_form(
    before: timedelta, american: str, iso: str
) -> None:
    assert american == AMERICAN.briefly(NOON - before, NOON)
    assert iso == ISO.briefly(NOON - before, NOON)


def test_a_full_time_names_its_zone() -> None:
    assert "Monday, 23 November 2026, 12:00 UTC" == Dates().fully(NOON)
    assert "Monday, November 23, 2026, 7:00 am UTC-05:00" == AMERICAN.fully(NOON)
    assert "Monday, 2026-11-23, 17:30 UTC+05:30" == ISO.fully(NOON)


def test_noon_and_midnight_are_twelve() -> None:
    dates = Dates(clock="12")

    assert "12:00 pm" == dates.hour(NOON)
    assert "12:00 am" == dates.hour(NOON.replace(hour=0))


def test_a_time_in_a_sentence_has_its_date() -> None:
    assert "Mon 23 Nov 2026, 12:00" == Dates().plainly(NOON)
    assert "Mon Nov 23, 2026, 7:00 am" == AMERICAN.plainly(NOON)
