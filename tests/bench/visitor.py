"""A visitor of the site who has no browser, so that only the site is measured."""

import re
from collections.abc import Iterable, Mapping
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from typing import Self
from urllib.parse import urlencode, urlsplit

from tests.bench import MEGABYTE
from tests.servers.account import Account

TOKEN = re.compile(r'name="csrf" (?:content|value)="([^"]+)"')
TIMEOUT = 300.0


class Visitor:
    """Somebody with one connection to the site, who clicks on one thing after another."""

    def __init__(self, url: str) -> None:
        """Visit the site at this address; nothing is asked before the first click."""
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT, blocksize=MEGABYTE)
        self._cookies = SimpleCookie()
        self.token = ""
        self.location = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def sign_in(self, account: Account) -> None:
        """Sign in and note the token that later requests need."""
        self.take_token("/sign-in")
        self.post("/sign-in", address=account.address, password=account.password)
        self.take_token("/settings")

    def take_token(self, path: str) -> str:
        """Open a page, note its token, and return the page."""
        page = self.get(path)
        found = TOKEN.search(page)
        assert found, page
        self.token = found[1]
        return page

    def get(self, path: str) -> str:
        """Open a page."""
        return self._ask("GET", path)

    def begin_draft(self) -> str:
        """Begin a draft and return the address of its page."""
        self.get("/compose")
        return self.location

    def post(self, path: str, **fields: str | list[str]) -> str:
        """Send a form."""
        form = urlencode({"csrf": self.token, **fields}, doseq=True).encode()
        return self._ask("POST", path, form, {"Content-Type": "application/x-www-form-urlencoded"})

    def delete(self, path: str) -> str:
        """Delete a file as the page's script does."""
        return self._ask("DELETE", path, headers={"X-CSRF-Token": self.token})

    def put(self, path: str, size: int, chunks: Iterable[bytes]) -> str:
        """Send the bytes of a file as the page's script does."""
        headers = {
            "X-CSRF-Token": self.token,
            "Accept": "application/json",
            "Content-Type": "application/octet-stream",
            "Content-Length": str(size),
            "X-Filename": "film.bin",
        }
        return self._ask("PUT", path, chunks, headers)

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        cookies = "; ".join(f"{each.key}={each.coded_value}" for each in self._cookies.values())
        self._connection.request(method, path, body, {"Cookie": cookies, **(headers or {})})
        answer = self._connection.getresponse()
        text = answer.read().decode()
        assert answer.status < 400, f"{method} {path}: {answer.status} {text}"
        for line in answer.headers.get_all("Set-Cookie", []):
            self._cookies.load(line)
        self.location = answer.headers.get("Location", "")
        return text
