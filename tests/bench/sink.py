"""An SMTP server that takes everything and keeps nothing."""

import asyncio

from tests.bench import MEGABYTE
from tests.servers.certificates import Certificates
from tests.servers.scripted_smtp import ScriptedSmtp

END = b"\r\n.\r\n"
LIMIT = "SIZE 1073741824"


class Sink(ScriptedSmtp):
    """Counts the bytes of messages; speaks STARTTLS as a real one does."""

    def __init__(self, certificates: Certificates) -> None:
        extensions = ("PIPELINING", "8BITMIME", LIMIT, "AUTH PLAIN LOGIN")
        super().__init__(extensions=extensions, starttls=certificates.server_context())
        self.taken = 0

    async def _take_body(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tail = b""
        while not tail.endswith(END):
            chunk = await reader.read(MEGABYTE)
            if not chunk:
                raise EOFError
            self.taken += len(chunk)
            tail = (tail + chunk)[-len(END) :]
        await self._answer(writer, "DOT", "250 2.0.0 queued")
