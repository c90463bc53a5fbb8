"""A private memcached: on a port or on a socket, with stock settings unless told otherwise."""

import os
import socket
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from mirakuru import TCPExecutor

from tests.servers.ports import LOOPBACK, pick_free_port
from tests.servers.process import ServerProcess
from tests.servers.programs import find_program

TIMEOUT = 5
USER = "nobody"


class Memcached(ServerProcess):
    """A memcached that can be stopped, started empty, frozen, thawed and flushed."""

    def __init__(
        self, folder: Path, *options: str, host: str = LOOPBACK, uses_socket: bool = False
    ):
        """Prepare one; `options` are those of its command line, such as "-m", "8"."""
        port, self.socket = pick_free_port(), folder / "memcached.sock" if uses_socket else None
        listens = ["-l", host, "-p", str(port), "-U", "0"]
        if self.socket is not None:
            listens = ["-s", str(self.socket), "-a", "0700"]
        user = ["-u", USER] if os.geteuid() == 0 else []
        if user:
            folder.chmod(0o777)
        command = [str(find_program("memcached")), *listens, *user, *options]
        super().__init__(command, port, folder / "memcached.log")
        self.host = host

    @property
    def address(self) -> str:
        """How `memcache_hosts` names it."""
        if self.socket is not None:
            return f"unix://{self.socket}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def ask(self, command: bytes, end: bytes = b"\r\n") -> bytes:
        """Send a command over a connection of its own, and return what comes up to `end`."""
        with self.connect() as connection:
            connection.sendall(command + b"\r\n")
            answer = b""
            while not answer.endswith(end):
                received = connection.recv(65536)
                assert received, f"memcached hung up after {answer!r}"
                answer += received
        return answer

    def list_items(self) -> dict[str, int]:
        """Return when each item ends, in seconds since 1970, by its key.

        The hash table is asked: a walk along the LRU misses what is moved in it meanwhile.
        """
        dump = self.ask(b"lru_crawler metadump hash", b"END\r\n").decode()
        rows = (line.split()[:2] for line in dump.splitlines() if line.startswith("key="))
        return {
            unquote(key.removeprefix("key=")): int(end.removeprefix("exp=")) for key, end in rows
        }

    def flush(self) -> None:
        """Forget everything, as an operator might tell it to."""
        assert self.ask(b"flush_all") == b"OK\r\n"

    def stop(self) -> None:
        """End it; there is nothing that it could save."""
        self.kill()

    def restart(self) -> None:
        """Crash, and come back empty."""
        self.kill()
        self.start()

    def connect(self) -> socket.socket:
        """A connection to it."""
        if self.socket is None:
            return socket.create_connection((self.host, self.port), TIMEOUT)
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(TIMEOUT)
            connection.connect(str(self.socket))
        except OSError:
            connection.close()
            raise
        return connection

    def _executor(self, output: int) -> TCPExecutor:
        return _Executor(
            self, self._command, self.host, self.port, **self._executor_options(output)
        )


class _Executor(TCPExecutor):
    """Waits until the server accepts a connection, on whatever it listens."""

    def __init__(self, server: Memcached, *options: Any, **more: Any) -> None:
        super().__init__(*options, **more)
        self._server = server

    def pre_start_check(self) -> bool:
        try:
            self._server.connect().close()
        except OSError:
            return False
        return True
