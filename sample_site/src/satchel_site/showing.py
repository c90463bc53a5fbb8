"""The demo: the site, its mail servers, and a folder that keeps everything."""

import asyncio
import os
import secrets
from pathlib import Path

from satchel import HOST, Settings, settings_from
from satchel_site.app import make_app
from satchel_site.commands import say
from satchel_site.demo.keepsakes import seed_keepsakes
from satchel_site.demo.servers import DemoMail, demo_mail
from satchel_site.known import KnownAccount
from satchel_site.serving import served, url_of, wait_for_end


async def show_demo(data: Path, host: str, port: int) -> None:
    """Serve the demo until it is ended; the next start on the same folder goes on with it."""
    folder = await asyncio.to_thread(_prepare, data)
    async with demo_mail(folder, "127.0.0.1") as mail:
        accounts = [KnownAccount(one.address, one.name, one.password) for one in mail.accounts]
        app = make_app(demo_settings(folder, mail), accounts)
        addresses = [one.address for one in mail.accounts]
        app.on_startup.append(lambda app: seed_keepsakes(app[HOST], addresses))
        async with served(app, host, port) as taken:
            _welcome(url_of(host, taken), accounts, folder)
            await wait_for_end()


def demo_settings(folder: Path, mail: DemoMail) -> Settings:
    """The settings of a demo: one file of SQLite, one folder of attachments, one secret."""
    return settings_from(
        {
            "product_name": "Satchel",
            "secret": keep_secret(folder / "secret"),
            "session_storage": "db",
            "db_dsnw": f"sqlite:///{folder / 'satchel.db'}",
            "attachment_storage": "filesystem",
            "temp_dir": str(folder / "attachments"),
            "plugins": ["userdata"],
            "imap_host": f"127.0.0.1:{mail.imap_port}",
            "smtp_host": f"127.0.0.1:{mail.smtp_port}",
            "session_lifetime": 12 * 60,
            "session_lifetime_max": 12,
            "use_https": False,
        },
        source="the demo",
    )


def _prepare(data: Path) -> Path:
    folder = data.resolve()
    (folder / "attachments").mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def keep_secret(path: Path) -> str:
    """Return the secret of this folder, made at the first start and readable by its owner alone."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    return path.read_text("ascii")


def _welcome(url: str, accounts: list[KnownAccount], folder: Path) -> None:
    say("Satchel is running. Open this address in a browser:")
    say(url)
    say("Sign in as one of these, address and password:")
    for account in accounts:
        say(f"{account.mailbox} {account.password}")
    say(f"Everything is kept in {folder}. Press Ctrl+C to end.")
