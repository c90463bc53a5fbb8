"""One TCP connection to an SMTP server: lines out, replies in, each with a deadline."""

import asyncio
import contextlib
import re
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass

from satchel.mail.errors import SmtpUnavailable
from satchel.mail.server import MailServer

MAX_LINE = 4096
MAX_LINES = 200

_REPLY_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])([^\r\n]*))?\r\n")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server said: a code of three digits and its lines of text."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The code and the words, on one line."""
        return f"{self.code} {' '.join(self.lines)}".strip()


class SmtpWire:
    """The connection and nothing of the dialogue. Any failure to speak is `SmtpUnavailable`."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self.is_encrypted = False

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator["SmtpWire"]:
        """Connect, and drop the connection at the end, whatever happened."""
        is_implicit = self._server.tls == "implicit"
        context = self._server.tls_context() if is_implicit else None
        async with self._answering("cannot be reached", self._server.timeout):
            self._reader, self._writer = await asyncio.open_connection(
                self._server.host, self._server.port, limit=MAX_LINE, ssl=context
            )
        self.is_encrypted = is_implicit
        try:
            yield self
        finally:
            self._writer.transport.abort()

    async def start_tls(self) -> None:
        """Encrypt the connection. What the server said before in the clear is thrown away."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=MAX_LINE)
        protocol = asyncio.StreamReaderProtocol(reader)
        async with self._answering("broke off while encryption started", self._server.timeout):
            transport = await loop.start_tls(
                self._writer.transport,
                protocol,
                self._server.tls_context(),
                server_hostname=self._server.host,
            )
        if transport is None:
            raise SmtpUnavailable(f"{self._name} hung up while encryption started.")
        protocol.connection_made(transport)
        self._reader = reader
        # A StreamWriter that is collected closes its transport, which still carries the other.
        self._outer = self._writer
        self._writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        self.is_encrypted = True

    def local_name(self) -> str:
        """Return our own address as EHLO wants it where there is no name."""
        host = str(self._writer.get_extra_info("sockname")[0]).partition("%")[0]
        return f"[IPv6:{host}]" if ":" in host else f"[{host}]"

    def write(self, data: bytes) -> None:
        """Queue bytes to be sent."""
        self._writer.write(data)

    @property
    def is_lost(self) -> bool:
        """Whether the connection is known to be gone."""
        return self._writer.transport.is_closing() or self._reader.at_eof()

    async def drain(self, seconds: float) -> None:
        """Wait until the server has taken most of what was written."""
        async with self._answering("hung up", seconds):
            await self._writer.drain()

    async def read_reply(self, seconds: float | None) -> Reply:
        """Read one whole reply, by the rules: a code, at most 200 lines of at most 4096 bytes."""
        async with self._answering("hung up", seconds):
            return await self._read_reply()

    async def _read_reply(self) -> Reply:
        lines: list[str] = []
        code = b""
        while len(lines) < MAX_LINES:
            match = _REPLY_LINE.fullmatch(await self._reader.readuntil(b"\n"))
            if not match or (code and match[1] != code):
                break
            code = match[1]
            lines.append((match[3] or b"").decode("utf-8", "replace"))
            if match[2] != b"-":
                return Reply(int(code), tuple(lines))
        raise SmtpUnavailable(f"{self._name} does not speak SMTP.")

    @property
    def _name(self) -> str:
        return f"The sending server “{self._server.host}”"

    @contextlib.asynccontextmanager
    async def _answering(self, failure: str, seconds: float | None) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(seconds):
                yield
        except asyncio.LimitOverrunError as error:
            raise SmtpUnavailable(f"{self._name} does not speak SMTP.") from error
        except ssl.SSLCertVerificationError as error:
            raise SmtpUnavailable(
                f"{self._name} has a certificate that cannot be trusted: {error.verify_message}."
            ) from error
        except TimeoutError as error:
            raise SmtpUnavailable(f"{self._name} did not answer in time.") from error
        except asyncio.IncompleteReadError as error:
            raise SmtpUnavailable(f"{self._name} hung up.") from error
        except OSError as error:
            raise SmtpUnavailable(f"{self._name} {failure}.") from error
