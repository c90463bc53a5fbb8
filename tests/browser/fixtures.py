"""Fixtures that open pages in a real Chromium and listen to its complaints."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.complaints import REPORT_VIOLATIONS, Complaints
from tests.browser.look import WIDE, Look
from tests.servers.programs import find_program

SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
TIMEOUT_MS = 10_000
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]

OpenPage = Callable[..., Page]
TakeScreenshot = Callable[..., Path]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless Chromium for one module of tests.

    It is not kept for longer: while Playwright runs, no asyncio test can run in its thread.
    """
    program = find_program("chromium-headless-shell")
    flags = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture
def look() -> Look:
    """The circumstances of the page; a test overrides them with parametrize."""
    return WIDE


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """What the browser complains of; the test fails at its end for all that it did not allow."""
    heard = Complaints()
    yield heard
    assert heard.not_allowed() == []


@pytest.fixture
def browser(chromium: Browser, complaints: Complaints, look: Look) -> Iterator[BrowserContext]:
    """A browser that nobody has used, as one person has it before them."""
    context = open_context(chromium, look)
    context.on("page", complaints.listen)
    try:
        yield context
    finally:
        context.close()


@pytest.fixture
def page(browser: BrowserContext) -> Page:
    """An empty page in that browser."""
    return browser.new_page()


@pytest.fixture
def open_page(chromium: Browser, complaints: Complaints) -> Iterator[OpenPage]:
    """Open pages for several people at once, each in a browser of their own."""
    contexts: list[BrowserContext] = []

    def open_one(look: Look = WIDE) -> Page:
        context = open_context(chromium, look)
        contexts.append(context)
        context.on("page", complaints.listen)
        return context.new_page()

    try:
        yield open_one
    finally:
        for each in contexts:
            each.close()


@pytest.fixture(scope="session")
def screenshot() -> TakeScreenshot:
    """Keep a picture of a page under a name: `screenshot(page, "mailbox-dark")`."""

    def take(page: Page, name: str, *, full_page: bool = False) -> Path:
        SCREENSHOTS.mkdir(exist_ok=True)
        picture = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=picture, full_page=full_page, animations="disabled")
        return picture

    return take


def open_context(chromium: Browser, look: Look) -> BrowserContext:
    """Open a browser that nobody has used, seen as `look` says."""
    context = chromium.new_context(
        java_script_enabled=look.javascript,
        viewport={"width": look.width, "height": look.height},
        has_touch=look.touch,
        is_mobile=look.touch,
        color_scheme=look.color_scheme,
        locale=look.locale,
        timezone_id="Europe/Lisbon",
    )
    context.set_default_timeout(TIMEOUT_MS)
    context.add_init_script(REPORT_VIOLATIONS)
    return context
