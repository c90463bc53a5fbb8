"""A private Redis that keeps what it has in memory alone."""

import socket
from pathlib import Path

from tests.servers.ports import LOOPBACK, pick_free_port
from tests.servers.process import ServerProcess
from tests.servers.programs import find_program

TIMEOUT = 5


class Redis(ServerProcess):
    """A Redis that can be killed, started empty, frozen and thawed."""

    def __init__(self, folder: Path) -> None:
        """Prepare one that writes nothing but its log."""
        port = pick_free_port()
        options = ["--bind", LOOPBACK, "--port", str(port), "--save", "", "--dir", str(folder)]
        super().__init__([str(find_program("redis-server")), *options], port, folder / "redis.log")

    @property
    def dsn(self) -> str:
        """How the settings name it."""
        return f"redis://{LOOPBACK}:{self.port}/0"

    def ask(self, *words: str) -> bytes:
        """Send a command over a connection of its own, and return what comes up to a line's end."""
        with socket.create_connection((LOOPBACK, self.port), TIMEOUT) as connection:
            connection.sendall(" ".join(words).encode() + b"\r\n")
            answer = b""
            while not answer.endswith(b"\r\n"):
                received = connection.recv(65536)
                assert received, f"Redis hung up after {answer!r}"
                answer += received
        return answer
