"""A node of the sample site, run as an operator would run it."""

import json
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from mirakuru import HTTPExecutor

from tests.servers.dovecot import Dovecot
from tests.servers.folder import open_server_folder
from tests.servers.ports import LOOPBACK, pick_free_port
from tests.servers.process import ServerProcess
from tests.servers.threaded import ThreadedServer

Settings = Mapping[str, object]
SATCHEL = Path(sys.executable).with_name("satchel")


class Site(ServerProcess):
    """One node, ready when it says that it lives."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        """Write the settings of a node into a folder."""
        self.folder = folder
        port = pick_free_port()
        self.url = f"http://{LOOPBACK}:{port}"
        written = write_settings(folder, settings)
        super().__init__(serve_command(written, port), port, folder / "site.log")

    def _executor(self, output: int) -> HTTPExecutor:
        return HTTPExecutor(
            self._command, f"{self.url}/healthz/live", **self._executor_options(output)
        )


def write_settings(folder: Path, settings: Settings) -> Path:
    """Write settings into a folder, where nobody else can read them."""
    written = folder / "satchel.toml"
    written.write_text(to_toml(settings), encoding="utf-8")
    written.chmod(0o600)
    return written


def serve_command(settings: Path, port: int) -> list[str]:
    """Return what an operator types to serve the site."""
    return [str(SATCHEL), "serve", "--config", str(settings), "--port", str(port)]


def ask_doctor(settings: Path) -> subprocess.CompletedProcess[str]:
    """Do as an operator who starts the plugins and asks how they are."""
    return subprocess.run(
        [SATCHEL, "doctor", "--live", "--config", settings],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def usual_settings(
    folder: Path, dovecot: Dovecot, smtp_server: ServerProcess | ThreadedServer
) -> dict[str, object]:
    """Return settings of a site that keeps what it has in a folder and trusts the mail servers."""
    return {
        "secret": secrets.token_urlsafe(48),
        "use_https": False,
        "db_dsnw": f"sqlite:///{folder / 'satchel.db'}",
        "temp_dir": str(folder / "attachments"),
        "imap_host": f"ssl://localhost:{dovecot.tls_port}",
        "smtp_host": f"tls://localhost:{smtp_server.port}",
        "mail_ca_file": str(dovecot.certificates.authority),
    }


@contextmanager
def opened_site(dovecot: Dovecot, smtp_server: ServerProcess, **settings: object) -> Iterator[Site]:
    """Start a site for longer than one test; its log shows no surprise in the end."""
    with open_server_folder("shared") as shared, open_server_folder("site") as folder:
        with Site(folder, usual_settings(shared, dovecot, smtp_server) | settings) as running:
            yield running
        assert [line for line in running.read_log().splitlines() if ": 500," in line] == []


def to_toml(settings: Settings) -> str:
    """Return settings as TOML, with a table for each mapping in them."""
    return "".join(_lines(settings, ()))


def _lines(settings: Settings, path: tuple[str, ...]) -> Iterator[str]:
    tables = {key: each for key, each in settings.items() if isinstance(each, Mapping)}
    if path:
        yield f"[{'.'.join(json.dumps(each) for each in path)}]\n"
    for key, value in settings.items():
        if key not in tables:
            yield f"{json.dumps(key)} = {json.dumps(value, ensure_ascii=False)}\n"
    for key, table in tables.items():
        yield from _lines(table, (*path, key))
