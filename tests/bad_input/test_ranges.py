"""Ranges of a file that nobody can mean."""

import re

import pytest

from tests.bad_input.visitor import Visitor

CONTENT = bytes(range(256)) * 3 + bytes(range(255, -1, -1))
END = len(CONTENT)
PARTS = {
    "bytes=0-0": CONTENT[:1],
    "bytes=-1": CONTENT[-1:],
    "bytes=5-": CONTENT[5:],
    f"bytes={END - 1}-{END - 1}": CONTENT[-1:],
    f"bytes=-{10**17}": CONTENT,
    f"bytes=10-{10**17}": CONTENT[10:],
}
NONE = [f"bytes={END}-", f"bytes={END}-{END + 5}", "bytes=-0", f"bytes={10**17}-"]
WHOLE = [
    "bytes=0-0,2-2",
    "bytes=" + ",".join(["0-1000"] * 1000),
    "bytes=5-2",
    "bytes=-",
    "bytes=",
    "bytes",
    "bytes=+1-2",
    "bytes=1_0-20",
    "bytes=\u0660-\u0665",
    "bytes=0x0-0x5",
    "bytes=1.0-2",
    "bytes=" + "9" * 5000 + "-",
    "lines=0-5",
    "=",
]


@pytest.fixture(scope="module")
def kept(ana_signed_in: Visitor) -> str:
    """The address of a file."""
    return ana_signed_in.upload(ana_signed_in.compose(), CONTENT)


@pytest.mark.parametrize(("asked", "expected"), PARTS.items())
def test_a_part_is_exactly_what_was_asked_for(ana: Visitor, kept: str, asked: str, expected: bytes):
    answer = ana.get(kept, Range=asked)

    assert (answer.status, answer.body) == (206, expected)
    shown = re.fullmatch(r"bytes (\d+)-(\d+)/1024", answer.headers["Content-Range"])
    assert shown
    assert expected == CONTENT[int(shown[1]) : int(shown[2]) + 1]


@pytest.mark.parametrize("asked", NONE)
def test_bytes_that_are_not_there_are_refused_with_the_size(ana: Visitor, kept: str, asked: str):
    answer = ana.get(kept, Range=asked)

    assert answer.status == 416
    assert answer.headers["Content-Range"] == f"bytes */{END}"


@pytest.mark.parametrize("asked", WHOLE, ids=lambda asked: asked[:20])
def test_what_is_no_range_gives_the_whole_file_once(ana: Visitor, kept: str, asked: str):
    answer = ana.get(kept, Range=asked)

    assert (answer.status, answer.body) == (200, CONTENT)


def test_an_empty_file_has_no_range(ana: Visitor, draft: str):
    answer = ana.get(ana.upload(draft, b""), Range="bytes=0-0")

    assert answer.status == 416
    assert answer.headers["Content-Range"] == "bytes */0"


def test_a_deleted_file_has_no_range(ana: Visitor, draft: str):
    gone = ana.upload(draft, b"content")
    ana.ask("DELETE", gone, ana.upload_headers())

    assert ana.get(gone, Range="bytes=0-0").status == 404
