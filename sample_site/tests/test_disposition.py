"""How a download is called, and what type it may have."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satchel_site.disposition import (
    OPAQUE,
    attachment_headers,
    content_disposition,
    picture_type,
    safe_type,
)


def read_back(header: str) -> str:
    """Read the name as browsers do: the extended one first."""
    extended = re.search(r"filename\*=UTF-8''(\S+)$", header)
    plain = re.search(r'filename="([^"]*)"', header)
    return unquote(extended[1]) if extended else plain[1] if plain else ""


@pytest.mark.parametrize(
    "name", ["report.pdf", "Übersicht (1).pdf", "写真.jpg", "a;b=c.txt", "100%.txt"]
)
def test_a_name_comes_back_as_it_was(name: str) -> None:
    assert name == read_back(content_disposition(name))


@pytest.mark.parametrize(
    "name", ["a\r\nX-Evil: 1.txt", "a\nb", "\x00", "", "\u202egpj.exe", "\ud800"]
)
def test_no_name_can_begin_another_header(name: str) -> None:
    header = content_disposition(name)

    assert header.isascii()
    assert header.isprintable()


@given(st.text(max_size=2000))
def test_every_name_makes_a_short_header(name: str) -> None:
    header = content_disposition(name)

    assert header.startswith("attachment; filename=")
    assert len(header) < 998


def test_a_long_name_keeps_its_ending() -> None:
    assert content_disposition("é" * 300 + ".pdf").endswith(".pdf")


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("application/pdf", "application/pdf"),
        ("IMAGE/PNG; name=x", "image/png"),
        ("text/plain; charset=utf-8", "text/plain"),
        ("text/html", OPAQUE),
        ("image/svg+xml", OPAQUE),
        ('image/svg+xml"; x="', OPAQUE),
        ("application/xhtml+xml", OPAQUE),
        ("text/javascript", OPAQUE),
        ("text/html\r\nX: y", OPAQUE),
        ("image/x-xml-thing", OPAQUE),
        ("", OPAQUE),
    ],
)
def test_only_what_no_browser_runs_keeps_its_type(content_type: str, expected: str) -> None:
    assert expected == safe_type(content_type)


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"<svg xmlns=", None),
        (b"<!doctype html>", None),
        (b"", None),
    ],
)
def test_a_picture_is_known_by_its_bytes(first: bytes, expected: str | None) -> None:
    assert expected == picture_type(first)


def test_a_download_is_never_run() -> None:
    headers = attachment_headers("x.html", "text/html")

    assert OPAQUE == headers["Content-Type"]
    assert "nosniff" == headers["X-Content-Type-Options"]
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["Content-Disposition"].startswith("attachment;")
