"""What a browser complains of while a page is used."""

import re

from playwright.sync_api import ConsoleMessage, Error, Page, Request, Response

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", event => console.error(
    `securitypolicyviolation: ${event.effectiveDirective} forbids ${event.blockedURI}`));
"""
SERVER_ERROR = 500
ICON = "/favicon.svg"


class Complaints:
    """Console errors, uncaught exceptions, broken policies and failed requests of a page."""

    def __init__(self) -> None:
        """Begin with nothing to complain of and nothing allowed."""
        self._heard: list[str] = []
        self._allowed: list[re.Pattern[str]] = []

    def listen(self, page: Page) -> None:
        """Take down what a page complains of from now on."""
        page.on("console", self._hear_console)
        page.on("pageerror", self._hear_exception)
        page.on("requestfailed", self._hear_failure)
        page.on("response", self._hear_response)

    def allow(self, pattern: str) -> None:
        """Let this test pass although complaints that match the pattern are heard."""
        self._allowed.append(re.compile(pattern))

    def not_allowed(self) -> list[str]:
        """Return the complaints that no test asked for."""
        return [each for each in self._heard if not any(p.search(each) for p in self._allowed)]

    def _hear_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._heard.append(f"console: {message.text} at {message.location['url']}")

    def _hear_exception(self, error: Error) -> None:
        self._heard.append(f"exception: {error}")

    def _hear_failure(self, request: Request) -> None:
        # The icon is asked for when a page is done, and given up when the page is left.
        if request.url.endswith(ICON) and request.failure == "net::ERR_ABORTED":
            return
        self._heard.append(f"failed: {request.method} {request.url}: {request.failure}")

    def _hear_response(self, response: Response) -> None:
        if response.status >= SERVER_ERROR:
            self._heard.append(f"status: {response.status} {response.url}")
