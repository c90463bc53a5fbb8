"""The browser of the tests hears what is wrong with a page."""

import hashlib
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.accessibility import AXE, check_accessibility
from tests.browser.complaints import Complaints
from tests.browser.fixtures import OpenPage, TakeScreenshot
from tests.browser.look import DARK, NARROW, PLAIN, Look

POLICY = "default-src 'none'; script-src 'self'; img-src 'self'"
GOOD = '<main><h1>Mail</h1><p id="said">plain</p></main><script src="/script.js"></script>'
PAGES = {
    "/good": GOOD,
    "/inline": "<main><h1>Mail</h1></main><script>document.title = 'ran'</script>",
    "/throws": "<main><h1>Mail</h1></main><script src='/throws.js'></script>",
    "/foreign": "<main><h1>Mail</h1><img alt='' src='http://192.0.2.1/pixel.png'></main>",
    "/unlabelled": "<main><h1>Mail</h1><input name='to'></main>",
    "/missing": "<main><h1>Mail</h1><img alt='' src='/gone.png'></main>",
    "/broken": "<main><h1>Mail</h1></main>",
}
SCRIPTS = {
    "/script.js": "document.querySelector('#said').textContent = 'scripted'",
    "/throws.js": "throw new Error('out of ink')",
}


class Pages(BaseHTTPRequestHandler):
    """Serves the pages above under a strict policy."""

    def do_GET(self) -> None:
        """Answer with a page or a script."""
        script, body = SCRIPTS.get(self.path), PAGES.get(self.path)
        status = 500 if self.path == "/broken" else 200 if script or body else 404
        head = "<!doctype html><html lang='en'><meta name='viewport' content='width=device-width'>"
        text = script or f"{head}<title>Mail</title><link rel='icon' href='data:,'>{body}"
        self.send_response(status)
        self.send_header("Content-Type", "text/javascript" if script else "text/html")
        self.send_header("Content-Security-Policy", f"{POLICY} data:")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing of what was asked."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Where the pages are."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_good_page_gives_no_reason_to_complain(page: Page, url: str) -> None:
    page.goto(f"{url}/good")

    expect(page.locator("#said")).to_have_text("scripted")
    check_accessibility(page)


@pytest.mark.parametrize("look", [PLAIN])
def test_scripts_can_be_switched_off(page: Page, url: str, look: Look) -> None:
    page.goto(f"{url}/good")

    expect(page.locator("#said")).to_have_text("plain")


@pytest.mark.parametrize(
    ("path", "heard"),
    [
        ("/inline", "securitypolicyviolation: script-src-elem forbids inline"),
        ("/throws", "exception: out of ink"),
        ("/foreign", "securitypolicyviolation: img-src forbids http://192.0.2.1/pixel.png"),
        ("/missing", "404"),
        ("/broken", "status: 500"),
    ],
)
def test_what_is_wrong_with_a_page_is_heard(
    page: Page, complaints: Complaints, url: str, path: str, heard: str
) -> None:
    page.goto(f"{url}{path}", wait_until="networkidle")

    assert any(heard in each for each in complaints.not_allowed())
    complaints.allow("")


def test_allowed_complaints_leave_the_others(page: Page, complaints: Complaints, url: str) -> None:
    complaints.allow("out of ink")
    page.goto(f"{url}/throws", wait_until="networkidle")

    assert complaints.not_allowed() == []


def test_a_second_page_is_listened_to_as_well(
    browser: BrowserContext, complaints: Complaints, url: str
) -> None:
    browser.new_page().goto(f"{url}/good")
    browser.new_page().goto(f"{url}/throws", wait_until="networkidle")

    assert complaints.not_allowed() == ["exception: out of ink"]
    complaints.allow("out of ink")


def test_a_field_without_a_name_fails_the_accessibility_check(page: Page, url: str) -> None:
    page.goto(f"{url}/unlabelled")

    with pytest.raises(AssertionError, match=r"label: Form elements must have labels"):
        check_accessibility(page)


def test_two_people_see_the_site_each_in_their_own_way(open_page: OpenPage, url: str) -> None:
    dark, narrow = open_page(DARK), open_page(NARROW)
    dark.goto(f"{url}/good")
    narrow.goto(f"{url}/good")

    assert dark.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert narrow.evaluate("innerWidth") == NARROW.width


def test_a_screenshot_is_kept(page: Page, url: str, screenshot: TakeScreenshot) -> None:
    page.goto(f"{url}/good")
    picture = screenshot(page, "browser-test")

    assert picture.read_bytes().startswith(b"\x89PNG")
    picture.unlink()


def test_the_copy_of_axe_is_the_one_that_was_noted() -> None:
    noted = tomllib.loads((AXE.parent / "vendor.toml").read_text())["axe-core"]

    assert hashlib.sha256(AXE.read_bytes()).hexdigest() == noted["sha256"]
