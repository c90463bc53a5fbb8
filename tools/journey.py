"""One journey through the demo over HTTP: sign in, read, write with a file, send, find it in Sent.

Run it with the Python that the site is installed for, and a folder: it knows no package but what
Python has, so nothing of the workspace can come to the site's aid.
"""

import contextlib
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from tools.page_forms import Form, Link, Page

CONTENT = secrets.token_bytes(300_000)
FILE = "figures.bin"
ACCOUNT = re.compile(r"(\S+@\S+) (\S+)")
SECONDS = 30.0


class Visitor:
    """Somebody with a browser without scripts."""

    def __init__(self, url: str) -> None:
        self._opener: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))
        self._at = url

    def open(self, address: str) -> Page:
        """Follow a link."""
        return Page(self.load(Request(urljoin(self._at, address))).decode())  # noqa: S310

    def load(self, request: Request) -> bytes:
        """Send a request and return what comes, after redirections."""
        with self._opener.open(request, timeout=SECONDS) as answer:
            self._at = answer.url
            content: bytes = answer.read()
            return content

    def download(self, address: str) -> bytes:
        """Load a file."""
        return self.load(Request(urljoin(self._at, address)))  # noqa: S310

    def send(self, form: Form, **typed: str) -> Page:
        """Fill a form in and send it."""
        body = urlencode({**form.values, **typed}).encode()
        return Page(self.load(Request(urljoin(self._at, form.action), body)).decode())  # noqa: S310

    def send_with_file(self, form: Form, name: str, content: bytes, **typed: str) -> Page:
        """Fill a form in, choose a file and send it."""
        mark = secrets.token_hex(16)
        body = multipart({**form.values, **typed}, name, content, mark)
        headers = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        request = Request(urljoin(self._at, form.action), body, headers)  # noqa: S310
        return Page(self.load(request).decode())


def multipart(values: Mapping[str, str], name: str, content: bytes, mark: str) -> bytes:
    """The body of a form with a file in the field ``files``."""
    begin = f'--{mark}\r\nContent-Disposition: form-data; name="'
    fields = "".join(f'{begin}{key}"\r\n\r\n{value}\r\n' for key, value in values.items())
    file = f'{begin}files"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
    return f"{fields}{file}".encode() + content + f"\r\n--{mark}--\r\n".encode()


@contextlib.contextmanager
def running_demo(folder: Path) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The demo in a folder: its address, and its accounts with their passwords."""
    satchel = Path(sys.executable).with_name("satchel")
    command = [str(satchel), "demo", "--port", "0", "--data", str(folder / "demo")]
    with (
        (folder / "demo.log").open("w") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as demo,  # noqa: S603
    ):
        try:
            assert demo.stdout is not None
            said = []
            while (line := demo.stdout.readline()) and "Ctrl+C" not in line:
                said.append(line.strip())
            found = [ACCOUNT.fullmatch(line) for line in said]
            url = next((line for line in said if line.startswith("http")), None)
            if url is None:
                raise SystemExit(f"The demo did not start:\n{(folder / 'demo.log').read_text()}")
            yield url, [(one[1], one[2]) for one in found if one]
        finally:
            demo.terminate()


def find_link(page: Page, pattern: str, text: str = "") -> Link | None:
    """The first link whose address fits and that has these words."""
    fitting = (link for link in page.links if re.search(pattern, link.address))
    return next((link for link in fitting if text in link.text), None)


def wait_for_link(visitor: Visitor, address: str, pattern: str, text: str) -> Link:
    """Open a page until it has the link."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        link = find_link(visitor.open(address), pattern, text)
        if link is not None:
            return link
        time.sleep(0.2)
    raise SystemExit(f"{address} shows no “{text}” after {SECONDS:.0f} seconds.")


def travel(url: str, accounts: list[tuple[str, str]]) -> None:
    """Take the journey; whatever is not as it should be ends it."""
    visitor, subject = Visitor(url), f"Figures {secrets.token_hex(4)}"
    (address, password), (other, _) = accounts[:2]
    inbox = visitor.send(visitor.open("/").form("password"), address=address, password=password)
    first = find_link(inbox, r"^/m/[^/]+/\d+-\d+$")
    assert first is not None, "The inbox shows no message."
    assert visitor.open(first.address).forms, "A message cannot be answered."
    typed = {"to": other, "subject": subject, "message": "Here they are.\n"}
    draft = visitor.open("/compose").form("send_id")
    written = visitor.send_with_file(draft, FILE, CONTENT, do="attach", **typed).form("send_id")
    assert "file" in written.values, "The file is not attached."
    visitor.send(written, do="send")
    sent = wait_for_link(visitor, "/m/Sent", r"^/m/Sent/\d+-\d+$", subject)
    file = find_link(visitor.open(sent.address), r"/files/")
    assert file is not None, "The message in Sent has no attachment."
    assert visitor.download(file.address) == CONTENT, "The attachment in Sent is another file."


def main(folder: Path) -> None:
    """Run the demo and travel."""
    with running_demo(folder) as (url, accounts):
        travel(url, accounts)
    sys.stdout.write("The journey through the demo went well.\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
