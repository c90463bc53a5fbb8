"""The part of a file that a request asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satchel_site.ranges import RangeNotSatisfiable, Span, parse_range


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", Span(0, 1)),
        ("bytes=-1", Span(9, 10)),
        ("bytes=5-", Span(5, 10)),
        ("bytes=9-9", Span(9, 10)),
        ("bytes=0-99", Span(0, 10)),
        ("bytes=-99", Span(0, 10)),
    ],
)
def test_one_range_is_that_part(header: str, expected: Span) -> None:
    assert expected == parse_range(header, 10)


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-12", "bytes=-0"])
def test_a_range_past_the_end_is_not_satisfiable(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable):
        parse_range(header, 10)


@pytest.mark.parametrize("header", ["bytes=0-0", "bytes=0-", "bytes=-1"])
def test_an_empty_file_has_no_part(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable):
        parse_range(header, 0)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes=",
        "bytes=-",
        "bytes=0-0,2-2",
        "bytes=" + ",".join(["0-"] * 1000),
        "bytes=5-2",
        "bytes=\u0660-\u0661",
        "bytes=+1-2",
        "bytes=1_0-12",
        "bytes=0x1-2",
        "bytes= 0-1",
        "bytes=" + "9" * 5000 + "-",
        "items=0-1",
        "bytes=0-1\n",
    ],
)
def test_what_is_no_single_range_means_the_whole_file(header: str) -> None:
    assert parse_range(header, 10) is None


@given(st.from_regex(r"bytes=[0-9]{0,3}-[0-9]{0,3}", fullmatch=True), st.integers(0, 300))
def test_a_part_is_never_empty_and_always_inside(header: str, size: int) -> None:
    try:
        span = parse_range(header, size)
    except RangeNotSatisfiable:
        return

    assert span is None or 0 <= span.start < span.stop <= size


def test_the_answer_names_the_bytes_of_the_whole() -> None:
    assert "bytes 2-4/10" == Span(2, 5).content_range(10)
