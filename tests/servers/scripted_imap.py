"""An IMAP server that answers as a test says."""

import asyncio
import re
import ssl
from collections.abc import Mapping

from tests.servers.threaded import Fault, ThreadedServer

GREETING = "GREETING"
LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r\n\Z")
SELECTED = (
    "* 0 EXISTS",
    "* 0 RECENT",
    "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)",
    "* OK [UIDVALIDITY 1] valid",
    "* OK [UIDNEXT 1] next",
)


class ScriptedImap(ThreadedServer):
    """An account with one empty folder, whose answers a script can change.

    The script's keys are the beginnings of commands after their tag, in any case, or GREETING;
    its values are what follows the tag in the answer (`NO [AUTHENTICATIONFAILED] no`, with
    untagged lines before it where it holds line breaks), or a `Fault`.
    """

    def __init__(
        self,
        script: Mapping[str, str | Fault] | None = None,
        *,
        capabilities: str = "IMAP4rev1 LITERAL+ IDLE UIDPLUS MOVE SPECIAL-USE",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Prepare a server with a script, which a test may change while it runs."""
        super().__init__(tls)
        self.script = dict(script or {})
        self.commands: list[str] = []
        self._capabilities = capabilities

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Greet a client and answer its commands until it leaves."""
        await self._write(writer, "*", GREETING, "OK ready")
        while received := await self._read_command(reader, writer):
            tag, _, command = received.decode(errors="replace").strip().partition(" ")
            self.commands.append(command)
            await self._write(writer, tag, command, self._usual(command))
            if command.upper() == "LOGOUT":
                return

    async def _read_command(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bytes:
        """Return one command with its literals, asking for those that wait to be asked."""
        command = await reader.readline()
        while announced := LITERAL.search(command):
            if not announced[2]:
                writer.write(b"+ go on\r\n")
                await writer.drain()
            command += await reader.readexactly(int(announced[1]))
            command += await reader.readline()
        return command

    def _usual(self, command: str) -> str:
        match command.upper().split()[:1]:
            case ["CAPABILITY"]:
                return f"* CAPABILITY {self._capabilities}\nOK done"
            case ["SELECT" | "EXAMINE"]:
                return "\n".join([*SELECTED, "OK [READ-WRITE] selected"])
            case ["LIST" | "LSUB"]:
                return '* LIST (\\HasNoChildren) "/" INBOX\nOK done'
            case ["LOGOUT"]:
                return "* BYE leaving\nOK done"
            case _:
                return "OK done"

    async def _write(
        self, writer: asyncio.StreamWriter, tag: str, command: str, usual: str
    ) -> None:
        keys = [key for key in self.script if command.upper().startswith(key.upper())]
        answer = self.script[max(keys, key=len)] if keys else usual
        if isinstance(answer, Fault):
            await self.suffer(answer, writer)
            return
        *untagged, last = answer.split("\n")
        lines = [*untagged, f"{tag} {last}"]
        writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await writer.drain()
