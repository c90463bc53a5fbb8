"""The SMTP client: one connection, one message, streamed."""

import contextlib
from collections.abc import AsyncIterator, Sequence

from satchel.mail.addresses import check_mailbox
from satchel.mail.errors import MessageRefused, RecipientsRefused, SmtpUnavailable
from satchel.mail.server import Credentials, MailServer
from satchel.mail.smtp_auth import sign_in
from satchel.mail.smtp_body import ChunkTransfer, DataTransfer, Transfer, refusal
from satchel.mail.smtp_wire import Reply, SmtpWire

FINISH_SECONDS = 600.0  # RFC 5321 gives a server ten minutes after the dot


class SmtpClient:
    """A signed-in connection that hands over one message, in four steps.

    `mail`, `body`, then whatever has to be on record before the point of no return, `finish`.
    An error from `connect`, `mail` or `body` means that nothing was sent; from `finish`,
    `OutcomeUnknown` (or being cancelled) means that nobody can tell.
    """

    def __init__(self, wire: SmtpWire, server: MailServer) -> None:
        self._wire = wire
        self._server = server
        self._offers: dict[str, str] = {}
        self._transfer: Transfer | None = None
        self._is_finished = False

    @classmethod
    @contextlib.asynccontextmanager
    async def connect(
        cls, server: MailServer, credentials: Credentials | None
    ) -> AsyncIterator["SmtpClient"]:
        """Connect, encrypt as the server's settings say, and sign in if there is somebody.

        Raises `SmtpUnavailable` or `SmtpAuthRefused`. At the end the connection is dropped,
        with a QUIT if all went well.
        """
        async with SmtpWire(server).opened() as wire:
            client = cls(wire, server)
            try:
                await client._greet()
                if credentials:
                    await client._sign_in(credentials)
                yield client
                await client._quit()
            finally:
                client._close()

    @property
    def max_size(self) -> int | None:
        """The largest message the server takes, if it says so."""
        size = self._offers.get("SIZE", "")
        return int(size) if size.isascii() and size.isdigit() and int(size) > 0 else None

    async def mail(self, sender: str, recipients: Sequence[str], size: int) -> None:
        """Name the sender and every recipient; one refused recipient stops it all.

        `sender` may be empty, for a message that wants no bounces. Raises `AddressError`,
        `RecipientsRefused`, `MessageRefused` (too large, or the sender) or `SmtpUnavailable`.
        """
        envelope = [check_mailbox(recipient) for recipient in recipients]
        if not envelope:
            raise RecipientsRefused({"": "The message has no recipient."})
        self._check_size(size)
        declared = f" SIZE={size}" if "SIZE" in self._offers else ""
        lines = [f"MAIL FROM:<{check_mailbox(sender) if sender else ''}>{declared}"]
        lines += [f"RCPT TO:<{mailbox}>" for mailbox in envelope]
        replies = self._say_all(lines)
        accepted = await anext(replies)
        if accepted.code != 250:
            raise refusal(accepted)
        refused = {}
        for mailbox in envelope:
            reply = await anext(replies)
            if reply.code not in {250, 251}:
                refused[mailbox] = reply.text
        if refused:
            with contextlib.suppress(SmtpUnavailable):
                await self._say("RSET")
            raise RecipientsRefused(refused)

    async def body(self, blocks: AsyncIterator[bytes]) -> None:
        """Hand over the message, CRLF lines of ASCII, all but the last word.

        What `blocks` raises comes through, and the connection must then be dropped.
        """
        seconds = max(self._server.timeout, 60.0)
        chunked = "CHUNKING" in self._offers
        self._transfer = (ChunkTransfer if chunked else DataTransfer)(self._wire, seconds)
        await self._transfer.send(blocks)

    async def finish(self, seconds: float = FINISH_SECONDS) -> str:
        """Say the last word and return the server's acceptance.

        `MessageRefused` and `SmtpUnavailable` mean that nothing was sent, `OutcomeUnknown` that
        the answer never came.
        """
        if self._transfer is None:
            raise RuntimeError("finish() comes after body()")
        reply = await self._transfer.finish(seconds)
        if reply.code != 250:
            raise MessageRefused(reply.text, temporary=reply.code < 500)
        self._is_finished = True
        return reply.text

    async def _greet(self) -> None:
        greeting = await self._wire.read_reply(self._server.timeout)
        if greeting.code != 220:
            raise SmtpUnavailable(f"The sending server takes nothing now: {greeting.text}")
        await self._say_hello()
        if self._server.tls in {"starttls", "opportunistic"}:
            await self._encrypt()

    async def _encrypt(self) -> None:
        if "STARTTLS" in self._offers:
            reply = await self._say("STARTTLS")
            if reply.code == 220:
                await self._wire.start_tls()
                await self._say_hello()
                return
        if self._server.tls == "starttls":
            raise SmtpUnavailable(
                f"The sending server “{self._server.host}” does not offer encryption (STARTTLS), "
                "which the settings require."
            )

    async def _sign_in(self, credentials: Credentials) -> None:
        if self._server.tls != "none" and not self._wire.is_encrypted:
            raise SmtpUnavailable("The sending server offers no encryption to sign in through.")
        offered = self._offers.get("AUTH", "").upper().split()
        await sign_in(self._wire, credentials, offered, self._server.timeout)

    async def _say_hello(self) -> None:
        """Forget all that was offered before, and ask again."""
        reply = await self._say(f"EHLO {self._wire.local_name()}")
        if reply.code != 250:
            raise SmtpUnavailable(f"The sending server did not greet us back: {reply.text}")
        pairs = (line.replace("=", " ", 1).partition(" ") for line in reply.lines[1:])
        self._offers = {keyword.upper(): value.strip() for keyword, _, value in pairs}

    def _check_size(self, size: int) -> None:
        if self.max_size is not None and size > self.max_size:
            raise MessageRefused(
                f"The message has {size} bytes; the largest it takes is {self.max_size}."
            )

    async def _say_all(self, lines: Sequence[str]) -> AsyncIterator[Reply]:
        """Say the lines, at once where the server can take them so, and yield each answer."""
        at_once = "PIPELINING" in self._offers
        if at_once:
            self._wire.write("".join(f"{line}\r\n" for line in lines).encode("ascii"))
        for line in lines:
            yield await (self._hear() if at_once else self._say(line))

    async def _say(self, line: str) -> Reply:
        self._wire.write(f"{line}\r\n".encode("ascii"))
        return await self._hear()

    async def _hear(self) -> Reply:
        reply = await self._wire.read_reply(self._server.timeout)
        if reply.code == 421:
            raise SmtpUnavailable(f"Nothing was sent. The sending server said: {reply.text}")
        return reply

    async def _quit(self) -> None:
        if self._is_finished:
            self._wire.write(b"QUIT\r\n")
            with contextlib.suppress(SmtpUnavailable):
                await self._wire.read_reply(min(self._server.timeout, 2.0))

    def _close(self) -> None:
        if self._transfer:
            self._transfer.close()
