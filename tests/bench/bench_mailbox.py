"""The pages that people look at most: a folder's messages, and one message."""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from threading import Lock
from time import perf_counter
from typing import TypeVar
from unittest.mock import patch

from satchel.mail.imap_session import ImapSession
from satchel.settings import settings_from
from satchel_site.app import make_app
from satchel_site.serving import served, url_of
from tests.bench import Spread
from tests.bench.visitor import Visitor
from tests.servers.account import Account
from tests.servers.certificates import issue_certificates
from tests.servers.dovecot import Dovecot
from tests.servers.folder import open_server_folder
from tests.servers.ports import LOOPBACK
from tests.servers.site import usual_settings
from tests.servers.threaded import ThreadedServer

T = TypeVar("T")
Call = Callable[[ImapSession], T]

MESSAGES, TIMES, WARM_UP = 1200, 150, 10
MESSAGE = re.compile(r'href="(/m/INBOX/[0-9]+-[0-9]+)')
IN_IMAP = "in IMAP calls"


@dataclass(slots=True)
class Stopwatch:
    """Counts the time in which at least one call is talking to the mail server."""

    seconds: float = 0.0
    _talking: int = 0
    _since: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def talking(self) -> Iterator[None]:
        """Count the time until the ``with`` block is left."""
        self._change(1)
        try:
            yield
        finally:
            self._change(-1)

    def _change(self, more: int) -> None:
        with self._lock:
            now = perf_counter()
            if self._talking:
                self.seconds += now - self._since
            self._talking, self._since = self._talking + more, now


def measure() -> Iterator[Spread]:
    """Look at both pages many times, over connections that are open already."""
    with ExitStack() as stack:
        trusted, mail, kept = (stack.enter_context(open_server_folder("bench")) for _ in range(3))
        dovecot = stack.enter_context(Dovecot(mail, issue_certificates(trusted)))
        account = dovecot.add_account("ana")
        _fill(dovecot, account)
        nobody = stack.enter_context(ThreadedServer())
        yield from asyncio.run(_look(usual_settings(kept, dovecot, nobody), account))


def _fill(dovecot: Dovecot, account: Account) -> None:
    with dovecot.mailbox(account.address).connect() as client:
        for number in range(MESSAGES):
            client.append("INBOX", _letter(number), [r"\Seen"] if number % 3 else [])


def _letter(number: int) -> bytes:
    letter = EmailMessage()
    letter["From"] = f"Écrivain {number} <writer{number}@example.test>"
    letter["To"], letter["Subject"] = "ana@example.test", f"Letter {number} — Grüße"
    letter["Date"], letter["Message-ID"] = "Mon, 05 Jan 2026 10:00:00 +0000", f"<{number}@b.test>"
    letter.set_content("Dear Ana,\n" + "a line of ordinary text\n" * 40)
    letter.add_alternative("<p>Dear Ana,</p>" + "<p>a line of <b>text</b></p>" * 40, subtype="html")
    if number % 5 == 0:
        letter.add_attachment(bytes(20_000), "application", "pdf", filename="report.pdf")
    return letter.as_bytes()


async def _look(settings: dict[str, object], account: Account) -> list[Spread]:
    async with served(make_app(settings_from(settings)), LOOPBACK, 0) as port:
        return await asyncio.to_thread(_visit, url_of(LOOPBACK, port), account)


def _visit(url: str, account: Account) -> list[Spread]:
    watch, call = Stopwatch(), ImapSession.call

    def timed(session: ImapSession, action: Call[T]) -> T:
        with watch.talking():
            return call(session, action)

    with Visitor(url) as visitor, patch.object(ImapSession, "call", timed):
        visitor.sign_in(account)
        messages = MESSAGE.findall(visitor.get("/m/INBOX"))
        return [
            _time("list of 50 messages", visitor, watch, ["/m/INBOX"]),
            _time("opening a message", visitor, watch, sorted({*messages})),
        ]


def _time(subject: str, visitor: Visitor, watch: Stopwatch, paths: list[str]) -> Spread:
    whole, talked = [], []
    for number in range(WARM_UP + TIMES):
        begun, before = perf_counter(), watch.seconds
        visitor.get(paths[number % len(paths)])
        whole.append(perf_counter() - begun)
        talked.append(watch.seconds - before)
    return Spread(subject, whole[WARM_UP:], IN_IMAP, talked[WARM_UP:])
