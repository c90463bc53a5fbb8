"""An SMTP server that answers as a test says."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.servers.threaded import Fault, ThreadedServer

EXTENSIONS = ("PIPELINING", "8BITMIME", "SIZE 209715200", "AUTH PLAIN LOGIN")
GREETING = "GREETING"
DOT = "DOT"


@dataclass(slots=True)
class Transaction:
    """One message that was handed over, accepted or not."""

    sender: str
    recipients: list[str] = field(default_factory=list)
    body: bytes = b""
    accepted: bool = False


class ScriptedSmtp(ThreadedServer):
    """Says yes to everything but the commands that its script names.

    The script's keys are the beginnings of command lines, in any case, or GREETING or DOT (the
    answer after the final dot); its values are the line to answer with, or a `Fault`.
    """

    def __init__(
        self,
        script: Mapping[str, str | Fault] | None = None,
        *,
        extensions: tuple[str, ...] = EXTENSIONS,
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
    ) -> None:
        """Prepare a server with a script, which a test may change while it runs."""
        super().__init__(tls)
        self.script = dict(script or {})
        self.commands: list[str] = []
        self.transactions: list[Transaction] = []
        self._extensions = extensions
        self._starttls = starttls
        self._of_conversation: dict[asyncio.Task[object] | None, Transaction] = {}

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Greet a client and answer its commands until it leaves."""
        await self._answer(writer, GREETING, "220 localhost ESMTP")
        while line := (await reader.readline()).decode(errors="replace").rstrip("\r\n"):
            self.commands.append(line)
            await self._obey(line, reader, writer)
            if line.upper() == "QUIT":
                return

    async def _obey(
        self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        match line.upper().split()[:2]:
            case ["EHLO", *_]:
                await self._answer(writer, line, self._introduction(writer))
            case ["STARTTLS"] if self._starttls:
                if await self._answer(writer, line, "220 2.0.0 go ahead"):
                    await writer.start_tls(self._starttls)
            case ["AUTH", mechanism]:
                await self._authenticate(line, mechanism, reader, writer)
            case ["MAIL", *_]:
                if _is_yes(self._choose(line, "250 2.1.0 fine")):
                    self._begin(Transaction(_address(line)))
                await self._answer(writer, line, "250 2.1.0 fine")
            case ["RCPT", *_]:
                if _is_yes(self._choose(line, "250 2.1.5 fine")):
                    self._current.recipients.append(_address(line))
                await self._answer(writer, line, "250 2.1.5 fine")
            case ["DATA"]:
                if await self._answer(writer, line, "354 go on"):
                    await self._take_body(reader, writer)
            case ["QUIT"]:
                await self._answer(writer, line, "221 2.0.0 goodbye")
            case _:
                await self._answer(writer, line, "250 2.0.0 fine")

    @property
    def _current(self) -> Transaction:
        """The transaction of this conversation; others may be held at the same time."""
        return self._of_conversation[asyncio.current_task()]

    def _begin(self, transaction: Transaction) -> None:
        self.transactions.append(transaction)
        self._of_conversation[asyncio.current_task()] = transaction

    async def _authenticate(
        self,
        line: str,
        mechanism: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Ask for what the client did not say at once, then answer as the script has it."""
        told = len(line.split()) - 2
        for _ in range({"LOGIN": 2}.get(mechanism, 1) - told):
            writer.write(b"334 \r\n")
            await writer.drain()
            await reader.readline()
        await self._answer(writer, line, "235 2.7.0 welcome")

    async def _take_body(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        body = bytearray()
        while (line := await reader.readuntil(b"\r\n")) != b".\r\n":
            body += line.removeprefix(b".")
        self._current.body = bytes(body)
        self._current.accepted = _is_yes(self._choose(DOT, "250 2.0.0 queued"))
        await self._answer(writer, DOT, "250 2.0.0 queued")

    def _choose(self, step: str, usual: str) -> str | Fault:
        keys = [key for key in self.script if step.upper().startswith(key.upper())]
        return self.script[max(keys, key=len)] if keys else usual

    async def _answer(self, writer: asyncio.StreamWriter, step: str, usual: str) -> bool:
        """Answer a step and say whether it was a yes."""
        answer = self._choose(step, usual)
        if isinstance(answer, Fault):
            await self.suffer(answer, writer)
            return False
        writer.write(answer.replace("\n", "\r\n").encode() + b"\r\n")
        await writer.drain()
        return _is_yes(answer)

    def _introduction(self, writer: asyncio.StreamWriter) -> str:
        is_secure = writer.get_extra_info("ssl_object") is not None
        starttls = ("STARTTLS",) if self._starttls and not is_secure else ()
        lines = ("localhost", *self._extensions, *starttls)
        return "\n".join([*(f"250-{each}" for each in lines[:-1]), f"250 {lines[-1]}"])


def _is_yes(answer: str | Fault) -> bool:
    return isinstance(answer, str) and answer[0] in "23"


def _address(line: str) -> str:
    return line.partition("<")[2].partition(">")[0]
