"""The demo's SMTP server: it takes mail from its own people, for its own people."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import Any
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from satchel_site.demo.accounts import DemoAccount
from satchel_site.demo.dots import undotted
from satchel_site.demo.limits import LARGEST_MESSAGE
from satchel_site.demo.login import same_secret
from satchel_site.demo.maildir import Incoming, new_key

_DOMAIN = "satchel.example"
_END = b"\r\n.\r\n"


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody whose mail is delivered here: the inbox, and whom to tell of new mail."""

    account: DemoAccount
    inbox: Path
    tell: Callable[[], None]


class _Reception:
    """Decides who may send, and to whom."""

    def __init__(self, residents: Mapping[str, Resident]) -> None:
        self.residents = residents

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, said: Any
    ) -> AuthResult:
        # aiosmtpd leaves the type of `said` to the mechanism; PLAIN and LOGIN give this one.
        assert isinstance(said, LoginPassword)
        resident = self.residents.get(_text(said.login).lower())
        if resident is None or not same_secret(_text(said.password), resident.account.password):
            return AuthResult(success=False, handled=False)
        return AuthResult(success=True, auth_data=resident.account.address)

    async def handle_MAIL(  # noqa: N802  # aiosmtpd looks the method up by the command's name
        self, server: SMTP, session: Session, envelope: Envelope, sender: str, options: list[str]
    ) -> str:
        if sender.lower() != session.auth_data:
            return f"553 5.7.1 You can only send as {session.auth_data}."
        envelope.mail_from = sender
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.lower() in self.residents:
            envelope.rcpt_tos.append(address.lower())
            return "250 2.1.5 OK"
        if address.lower().endswith("@" + _DOMAIN):
            return f"550 5.1.1 There is no mailbox {_printable(address)} in this demo."
        known = " and ".join(self.residents)
        return f"550 5.7.1 The demo sends nothing to the outside, only to {known}."


class _Talk(Session):
    # aiosmtpd fills this field itself, and then logs that nobody should.
    login_data: Any = None


class _Submission(SMTP):
    """aiosmtpd, except that a message goes to the disk as it comes, not into a list of lines."""

    # How much asyncio reads ahead. Commands keep their own limit of 512 bytes.
    line_length_limit = 256 * 1024

    def __init__(self, reception: _Reception) -> None:
        super().__init__(
            reception,
            data_size_limit=LARGEST_MESSAGE,
            enable_SMTPUTF8=True,
            hostname=_DOMAIN,
            ident="satchel demo",
            auth_require_tls=False,
            authenticator=reception.authenticate,
            loop=asyncio.get_running_loop(),
        )
        # Said afterwards, because aiosmtpd warns of passwords without TLS when told before;
        # here both ends are in one process.
        self._auth_required = True
        self._residents = reception.residents

    def _create_session(self) -> Session:
        return _Talk(self.loop)

    async def hang_up(self) -> None:
        """End the conversation, in whatever state it is."""
        if self.transport is not None:
            self.transport.close()
        if self._handler_coroutine is not None:
            await asyncio.wait([self._handler_coroutine])

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        assert self.envelope is not None
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
        elif not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Name a recipient first.")
        else:
            await self.push(await self._receive(self.envelope))
            self.envelope = self._create_envelope()

    async def _receive(self, envelope: Envelope) -> str:
        to = [self._residents[address] for address in dict.fromkeys(envelope.rcpt_tos)]
        with Incoming(to[0].inbox / "tmp") as incoming:
            incoming.write(self._trace(envelope))
            # The end is a dot between two line breaks, also where there is nothing before it.
            self._reader.feed_data(b"\r\n")
            await self.push("354 Go ahead; end with a line that holds a dot alone.")
            size = 0
            async for chunk in undotted(self._chunks()):
                size += len(chunk)
                if size <= LARGEST_MESSAGE:
                    await asyncio.to_thread(incoming.write, chunk)
            if size > LARGEST_MESSAGE:
                return f"552 5.3.4 A message can have {LARGEST_MESSAGE} bytes at most."
            key = new_key()
            await asyncio.to_thread(_publish, incoming, [one.inbox / "new" / key for one in to])
        for one in to:
            one.tell()
        return f"250 2.0.0 Delivered as {key}"

    async def _chunks(self) -> AsyncIterator[bytes]:
        while True:
            try:
                last = await self._reader.readuntil(_END)
            except asyncio.LimitOverrunError as more:
                self._reset_timeout()
                yield await self._reader.readexactly(more.consumed)
            else:
                yield last.removesuffix(b".\r\n")
                return

    def _trace(self, envelope: Envelope) -> bytes:
        lines = (
            f"Return-Path: <{envelope.mail_from}>",
            f"Received: by {_DOMAIN} (satchel demo) with ESMTPA; {formatdate(localtime=True)}",
        )
        return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape")


def _publish(incoming: Incoming, places: list[Path]) -> None:
    incoming.finish()
    incoming.link(places)


def _text(said: bytes) -> str:
    return said.decode("utf-8", "surrogateescape")


def _printable(address: str) -> str:
    return address.encode("utf-8", "replace").decode("utf-8")


@asynccontextmanager
async def serve_smtp(residents: Mapping[str, Resident], host: str) -> AsyncIterator[int]:
    """Take mail on a free port, which is yielded, until the context is left."""
    reception = _Reception(residents)
    open_now: WeakSet[_Submission] = WeakSet()

    def answer() -> _Submission:
        submission = _Submission(reception)
        open_now.add(submission)
        return submission

    server = await asyncio.get_running_loop().create_server(answer, host, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.gather(*[submission.hang_up() for submission in open_now])
        await server.wait_closed()
