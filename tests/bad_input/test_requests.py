"""Requests whose head is wrong: the parser refuses them, or what is wrong has no effect."""

import pytest

from tests.bad_input.answer import read_answer
from tests.bad_input.visitor import Visitor

HOSTS = [
    "evil.example",
    "evil@a",
    "a/../b",
    "127.0.0.1:99999",
    "127.0.0.1:x",
    "[::1",
    "]",
    "",
    "a b",
    "<script>",
    "x" * 5000,
    "é",
]
FORWARDED = {
    "X-Forwarded-For": "10.0.0.1",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/evil",
    "X-Real-IP": "10.0.0.1",
    "X-Original-URL": "/evil",
    "X-Rewrite-URL": "/evil",
    "Forwarded": "for=10.0.0.1;host=evil.example;proto=https",
}
WRONG = {
    "two lengths": b"Content-Length: 1\r\nContent-Length: 2\r\n",
    "length and chunks": b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
    "a length with a sign": b"Content-Length: +5\r\n",
    "another coding": b"Transfer-Encoding: xchunked\r\n",
    "chunks not last": b"Transfer-Encoding: chunked, identity\r\n",
    "a blank before the colon": b"Content-Length : 1\r\n",
    "a folded line": b"X-Other: a\r\n b\r\n",
    "nul": b"X-Other: a\0b\r\n",
    "a bare return": b"X-Other: a\rb\r\n",
    "a name with a blank": b"X Other: a\r\n",
    "two hosts": b"Host: evil.example\r\n",
    "9 kB": b"X-Other: " + b"y" * 9000 + b"\r\n",
    "200 lines": b"".join(b"X-%d: y\r\n" % n for n in range(200)),
}


@pytest.mark.parametrize("host", HOSTS)
def test_another_host_leads_nowhere_else(stranger: Visitor, host: str):
    for path in ("/", "/sign-in?next=/m/INBOX", "/nowhere"):
        answer = stranger.ask("GET", path, {"Host": host})

        assert answer.status in {200, 303, 400, 404, 421}
        assert answer.headers.get("Location", "/").startswith("/")
        assert "evil" not in answer.text


@pytest.mark.parametrize(("name", "value"), FORWARDED.items())
def test_what_a_stranger_says_for_a_proxy_is_not_believed(ana: Visitor, name: str, value: str):
    answer = ana.ask("GET", "/settings", {name: value})
    start = ana.ask("GET", "/", {name: value})

    assert answer.status == 200
    assert start.headers["Location"] == "/m/INBOX"
    assert "evil" not in answer.text + start.text
    cookies = answer.headers.get_all("Set-Cookie", [])
    assert not [line for line in cookies if "__Host-" in line or "Secure" in line]


def test_guessing_is_slowed_down_whatever_address_is_claimed(stranger: Visitor):
    stranger.token = stranger.get("/sign-in").token
    form = f"csrf={stranger.token}&address=guessed%40example.test&password=x".encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    statuses = [
        stranger.ask("POST", "/sign-in", kind | {"X-Forwarded-For": f"10.0.0.{n}"}, form).status
        for n in range(12)
    ]

    assert 429 in statuses
    assert set(statuses) == {401, 429}


@pytest.mark.parametrize("lines", WRONG.values(), ids=WRONG)
def test_a_head_that_is_wrong_is_refused(stranger: Visitor, lines: bytes):
    head = stranger.head("POST", "/sign-in", {}).replace(b"Content-Length: 0\r\n", b"")
    with stranger.connect() as connection:
        connection.sendall(head[:-2] + lines + b"\r\n")
        answer = read_answer(connection)

    assert 400 <= answer.status < 500
    assert b"Traceback" not in answer.body


@pytest.mark.parametrize(
    "line",
    [
        b"GET http://evil.example/sign-in HTTP/1.1",
        b"GET sign-in HTTP/1.1",
        b"GET",
        b"\0\0\0",
        b"GET /sign-in HTTP/9.9",
        b"G\xffT / HTTP/1.1",
    ],
)
def test_a_request_line_that_is_wrong_shows_nothing(stranger: Visitor, line: bytes):
    with stranger.connect() as connection:
        connection.sendall(line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = read_answer(connection)

    assert answer.status in {200, 400, 404, 505}
    assert b"evil" not in answer.body
    assert b"Traceback" not in answer.body


def test_a_language_a_browser_and_a_type_can_be_anything(ana: Visitor):
    for name in (
        "Accept",
        "Accept-Language",
        "User-Agent",
        "Satchel-Part",
        "If-None-Match",
        "If-Modified-Since",
        "If-Range",
        "Cookie2",
        "Referer",
    ):
        for value in (
            b"",
            b"\xff\xfe",
            b"x" * 7000,
            "é٣\u2028".encode(),
            b"<script>alert(1)</script>",
        ):
            answer = ana.ask("GET", "/settings", {name: value})

            assert answer.status == 200, (name, value[:20])
            assert "<script>alert" not in answer.text
