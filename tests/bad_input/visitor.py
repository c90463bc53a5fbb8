"""Somebody who speaks HTTP by hand: signs in like a browser, and sends what no browser would."""

import re
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Self
from urllib.parse import urlencode

from tests.bad_input.answer import Answer, expect_decency, read_answer
from tests.bad_input.multipart import BOUNDARY, field, multipart
from tests.servers.account import Account

TIMEOUT = 15
GROUP = re.compile(r"/compose/([0-9a-f]{32})\Z")
VERSION = re.compile(r'name="version" value="([^"]*)"')
FILE = re.compile(r'name="file" value="([^"]*)"')

Headers = Mapping[str, str | bytes]


class Visitor:
    """A person with cookies and a token; each request has a connection of its own.

    Every answer is looked at with `expect_decency`; `may_fail` names the 5xx that a test expects.
    """

    def __init__(self, port: int) -> None:
        """Visit the site on this port of the machine."""
        self.port = port
        self.host = f"127.0.0.1:{port}"
        self.token = ""
        self.cookies: dict[str, str] = {}

    def clone(self) -> Self:
        """Return somebody with the same cookies and token."""
        other = type(self)(self.port)
        other.token, other.cookies = self.token, dict(self.cookies)
        return other

    def ask(
        self,
        method: str,
        path: str,
        headers: Headers | None = None,
        body: bytes | Iterable[bytes] = b"",
        may_fail: tuple[int, ...] = (),
    ) -> Answer:
        """Send one request and return its answer; cookies, host and length are filled in."""
        with self.opened(method, path, headers, body) as connection:
            answer = read_answer(connection, method)
        expect_decency(answer, may_fail)
        self._remember(answer)
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        """Open a page, without following where it leads."""
        return self.ask("GET", path, headers)

    def post(self, path: str, *fields: tuple[str, str], may_fail: tuple[int, ...] = ()) -> Answer:
        """Send a form without files, as a page of the site does."""
        parts = [field("csrf", self.token), *(field(*each) for each in fields)]
        if path.startswith("/compose/") and "/files/" not in path:
            return self.send(path, multipart(*parts), may_fail=may_fail)
        return self.ask("POST", path, FORM, urlencoded(("csrf", self.token), *fields), may_fail)

    def send(
        self,
        path: str,
        body: bytes | Iterable[bytes],
        kind: str | bytes = f"multipart/form-data; boundary={BOUNDARY}",
        may_fail: tuple[int, ...] = (),
    ) -> Answer:
        """Send a body of any kind."""
        return self.ask("POST", path, {"Content-Type": kind}, body, may_fail)

    def put(self, path: str, body: bytes | Iterable[bytes], **headers: str | bytes) -> Answer:
        """Send a file as the page's script does."""
        return self.ask("PUT", path, self.upload_headers(**headers), body)

    def patch(self, path: str, offset: str | None, body: bytes) -> Answer:
        """Go on with a file at an offset, or without saying where."""
        more = {} if offset is None else {"Upload-Offset": offset}
        return self.ask("PATCH", path, self.upload_headers() | more, body)

    def upload_headers(self, **headers: str | bytes) -> dict[str, str | bytes]:
        """Return the headers of the page's script."""
        standing: dict[str, str | bytes] = {
            "X-CSRF-Token": self.token,
            "Accept": "application/json",
            "Content-Type": "application/octet-stream",
            "X-Filename": "a.bin",
        }
        return standing | {name.replace("_", "-"): value for name, value in headers.items()}

    def sign_in(self, account: Account, expected: int = 303) -> Answer:
        """Sign in as a browser does, and note the new token."""
        self.token = self.get("/sign-in").token
        form = (("address", account.address), ("password", account.password), ("next", "/"))
        answer = self.post("/sign-in", *form, may_fail=(expected,))
        assert answer.status == expected, answer.text
        if expected == 303:
            self.token = self.get("/settings").token
        return answer

    def is_signed_in(self) -> bool:
        """Say whether the site still knows this person."""
        answer = self.get("/settings")
        return answer.status == 200

    def compose(self) -> str:
        """Begin a draft and return the address of its page."""
        answer = self.get("/compose")
        assert GROUP.search(answer.headers["Location"])
        return answer.headers["Location"]

    def upload(self, draft: str, content: bytes, name: str = "a.bin", token: str = "t" * 32) -> str:
        """Attach a file and return its address."""
        answer = self.put(f"{draft}/files/{token}", content, X_Filename=name)
        assert answer.status == 201, answer.text
        return f"{draft}/files/{answer.json['id']}"

    def write(self, draft: str, do: str, *fields: tuple[str, str]) -> Answer:
        """Fill in the form of a draft as its page shows it, and press a button."""
        page = self.get(draft).text
        version = VERSION.search(page)
        assert version, page
        files = [("file", id) for id in FILE.findall(page)]
        return self.post(draft, ("version", version[1]), *files, *fields, ("do", do))

    @contextmanager
    def opened(
        self,
        method: str,
        path: str,
        headers: Headers | None = None,
        body: bytes | Iterable[bytes] = b"",
    ) -> Iterator[socket.socket]:
        """Yield a connection on which a request was sent and nothing was read yet."""
        with self.connect() as connection:
            connection.sendall(self.head(method, path, headers or {}, body))
            try:
                for chunk in _on_the_wire(body):
                    connection.sendall(chunk)
            except ConnectionError:
                pass  # the site has answered before it read everything, and closed
            yield connection

    def connect(self) -> socket.socket:
        """Open a connection to the site."""
        return socket.create_connection(("127.0.0.1", self.port), TIMEOUT)

    def head(
        self, method: str, path: str, headers: Headers, body: bytes | Iterable[bytes] = b""
    ) -> bytes:
        """Return the head of a request; what is given replaces what is filled in."""
        usual: dict[str, str | bytes] = {"Host": self.host, "Connection": "close"}
        if self.cookies:
            usual["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if not isinstance(body, bytes):
            usual["Transfer-Encoding"] = "chunked"
        elif body or method not in {"GET", "HEAD"}:
            usual["Content-Length"] = str(len(body))
        lines = [f"{method} {path} HTTP/1.1".encode()]
        for name, value in (usual | dict(headers)).items():
            lines.append(
                name.encode() + b": " + (value.encode() if isinstance(value, str) else value)
            )
        return b"\r\n".join([*lines, b"", b""])

    def _remember(self, answer: Answer) -> None:
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, rest = line.partition("=")
            value = rest.partition(";")[0]
            self.cookies[name] = value
            if not value:
                del self.cookies[name]


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def urlencoded(*fields: tuple[str, str]) -> bytes:
    """Return fields as the body of a form."""
    return urlencode(fields).encode()


def _on_the_wire(body: bytes | Iterable[bytes]) -> Iterator[bytes]:
    if isinstance(body, bytes):
        yield body
        return
    for chunk in body:
        yield b"%x\r\n%s\r\n" % (len(chunk), chunk)
    yield b"0\r\n\r\n"
