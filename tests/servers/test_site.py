"""The site of the tests is a whole installation, of one node or of more."""

import sqlite3
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import StartSite
from tests.servers.postfix import Postfix
from tests.servers.site import Site, ask_doctor, to_toml, usual_settings, write_settings


def is_alive(site: Site) -> bool:
    """Ask a node whether it lives."""
    with urllib.request.urlopen(f"{site.url}/healthz/live", timeout=5) as answer:  # noqa: S310
        return bool(answer.status == 200)


def sign_in(page: Page, dovecot: Dovecot, url: str) -> None:
    """Sign Ana in."""
    ana = dovecot.accounts[0]
    page.goto(url)
    page.get_by_role("textbox", name="Email address").fill(ana.address)
    page.get_by_label("Password", exact=True).fill(ana.password)
    page.get_by_role("button", name="Sign in").click()


def test_a_person_signs_in_at_the_real_mail_server(
    site: Site, page: Page, dovecot: Dovecot
) -> None:
    sign_in(page, dovecot, f"{site.url}/sign-in")

    expect(page.get_by_role("navigation", name="Folders")).to_contain_text("Drafts")


def test_two_nodes_are_one_installation(
    start_site: StartSite, page: Page, dovecot: Dovecot
) -> None:
    first, second = start_site(), start_site()
    sign_in(page, dovecot, f"{first.url}/sign-in")
    expect(page.get_by_role("navigation", name="Folders")).to_be_visible()

    page.goto(page.url.replace(first.url, second.url))
    expect(page.get_by_role("navigation", name="Folders")).to_be_visible()


def test_the_tables_are_brought_up_before_any_node_serves(
    tmp_path: Path, dovecot: Dovecot, smtp_server: Postfix
) -> None:
    settings = usual_settings(tmp_path, dovecot, smtp_server) | {"plugins": ["userdata"]}

    done = ask_doctor(write_settings(tmp_path, settings))

    assert done.returncode == 0, done.stdout + done.stderr
    with closing(sqlite3.connect(tmp_path / "satchel.db")) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
    assert {"sessions", "satchel_version_session_db", "satchel_version_userdata"} <= names


def test_a_node_is_killed_and_starts_again(site: Site) -> None:
    site.kill()
    with pytest.raises(urllib.error.URLError):
        is_alive(site)
    site.start()

    assert is_alive(site)


def test_a_node_ends_by_itself_when_asked(site: Site) -> None:
    site.stop()

    assert not site.is_running()
    assert "Traceback" not in site.read_log()


def test_a_node_with_wrong_settings_shows_its_log(start_site: StartSite) -> None:
    with pytest.raises(Exception, match="non-zero code") as problem:
        start_site(session_storage="nowhere")

    assert any("nowhere" in note for note in problem.value.__notes__)


def test_settings_are_written_as_toml() -> None:
    settings = {"name": "Grüße", "limit": 1, "wrap": ["a", "b"], "database": {"pool": 2}}

    written = '"name" = "Grüße"\n"limit" = 1\n"wrap" = ["a", "b"]\n["database"]\n"pool" = 2\n'
    assert written == to_toml(settings)
