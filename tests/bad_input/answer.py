"""An answer of the site, and what has to be true of every one."""

import json
import re
import socket
from dataclasses import dataclass
from http.client import HTTPMessage, HTTPResponse
from typing import Any

TELLTALES = (b"Traceback", b'File "/', b"site-packages", b"/satchel_site/", b"aiohttp.")
REFERENCE = re.compile(r"Reference <code>([0-9a-f]{8})</code>")
PROBLEM = re.compile(r'role="alert"[^>]*>(?:<svg.*?</svg>)?\s*(?:<p>)?(.*?)</(?:p|div)>', re.DOTALL)
TOKEN = re.compile(r'name="csrf" (?:content|value)="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body as they came over the wire."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:  # whatever the site says
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def kind(self) -> str:
        """The media type without its parameters."""
        return self.headers.get_content_type()

    @property
    def token(self) -> str:
        """The token of the page's forms."""
        found = TOKEN.search(self.text)
        assert found, self.text[:2000]
        return found[1]

    @property
    def problems(self) -> str:
        """What the page says is wrong."""
        return " ".join(PROBLEM.findall(self.text))

    @property
    def meaning(self) -> tuple[int, str]:
        """The status and the body without the reference, which is another one every time."""
        text = REFERENCE.sub("", self.text)
        return self.status, re.sub(r'"reference": "[0-9a-f]{8}"', "", text)


def read_answer(connection: socket.socket, method: str = "GET") -> Answer:
    """Read one answer from a connection."""
    with HTTPResponse(connection, method=method) as response:
        response.begin()
        return Answer(response.status, response.headers, response.read())


def expect_decency(answer: Answer, may_fail: tuple[int, ...] = ()) -> None:
    """Expect what every answer owes: no insides shown, armour on, a reference on an error.

    What aiohttp's parser refuses never comes to the site: it has neither armour nor reference.
    """
    assert answer.status < 500 or answer.status in may_fail, (answer.status, answer.body[:800])
    assert not [word for word in TELLTALES if word in answer.body], answer.body[:800]
    if "Content-Security-Policy" not in answer.headers:
        assert (answer.status, answer.kind) == (400, "text/plain"), answer.headers.as_string()
        return
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
    assert "Server" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers
    if answer.status >= 400:
        _expect_words(answer)


def _expect_words(answer: Answer) -> None:
    """Expect an error that a person or a script can do something with."""
    if not answer.body:
        return
    if answer.kind == "application/json":
        assert answer.json["error"] or answer.json["status"], answer.body
        return
    assert answer.kind == "text/html"
    assert REFERENCE.search(answer.text) or answer.problems, answer.text[:2000]
