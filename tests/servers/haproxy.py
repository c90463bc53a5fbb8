"""A private HAProxy: every request goes to the next node, whoever asks."""

import csv
import socket
import time
from collections.abc import Sequence
from pathlib import Path

from tests.servers.ports import LOOPBACK, pick_free_port
from tests.servers.process import ServerProcess
from tests.servers.programs import find_program

TIMEOUT = 5
SETTINGS = """
global
    maxconn 2000
    stats socket {folder}/stats mode 600 level admin
defaults
    mode http
    timeout connect 2s
    timeout client 60s
    timeout server 60s
    timeout check 2s
    option forwardfor
    option redispatch 1
    retries 3
    retry-on conn-failure empty-response
    balance roundrobin
    default-server check inter 1s fastinter 200ms downinter 200ms fall 2 rise 1
frontend site
    bind {host}:{port}
    use_backend ready if {{ nbsrv(ready) gt 0 }}
    default_backend living
backend ready
    option httpchk GET /healthz/ready
{servers}
backend living
    option httpchk GET /healthz/live
{servers}
"""


class Haproxy(ServerProcess):
    """A balancer without stickiness, which asks the nodes whether they are ready.

    When none is ready, because all of them lack the same thing, those that live say what is wrong.
    A request that could not be handed over, or was not answered, is given to another node.
    """

    def __init__(self, folder: Path, ports: Sequence[int]) -> None:
        """Stand in front of the nodes that listen on these ports of the machine."""
        self.folder = folder
        self.names = [f"node{number}" for number in range(1, len(ports) + 1)]
        port = pick_free_port()
        pairs = zip(self.names, ports, strict=True)
        servers = "\n".join(f"    server {name} {LOOPBACK}:{each}" for name, each in pairs)
        written = folder / "haproxy.cfg"
        written.write_text(
            SETTINGS.format(folder=folder, host=LOOPBACK, port=port, servers=servers)
        )
        command = [str(find_program("haproxy")), "-db", "-f", str(written)]
        super().__init__(command, port, folder / "haproxy.log")

    def start(self) -> None:
        """Start it and return when it accepts connections, and questions about its state."""
        asked_over = self.folder / "stats"
        asked_over.unlink(missing_ok=True)
        super().start()
        # The ports are open a moment before that socket has its name.
        deadline = time.monotonic() + TIMEOUT
        while not asked_over.exists():
            assert time.monotonic() < deadline, self.read_log()
            time.sleep(0.01)

    @property
    def url(self) -> str:
        """Where people find the site."""
        return f"http://{self.host}:{self.port}"

    def count_hits(self) -> list[int]:
        """Return how many requests each node was given since the start."""
        rows = self._rows()
        return [
            sum(int(row["lbtot"]) for row in rows if row["svname"] == name) for name in self.names
        ]

    def list_ready(self) -> list[str]:
        """Return the names of the nodes that say they are ready, and are not drained."""
        rows = [row for row in self._rows() if row["# pxname"] == "ready"]
        return [row["svname"] for row in rows if row["status"].startswith("UP")]

    def drain(self, name: str) -> None:
        """Give a node no new request; those that it has may end."""
        self._set_state(name, "drain")

    def admit(self, name: str) -> None:
        """Give a node requests again."""
        self._set_state(name, "ready")

    def _set_state(self, name: str, state: str) -> None:
        for backend in ("ready", "living"):
            answer = self._ask(f"set server {backend}/{name} state {state}").strip()
            assert not answer, answer

    def _rows(self) -> list[dict[str, str]]:
        servers = 4
        return list(csv.DictReader(self._ask(f"show stat -1 {servers} -1").strip().splitlines()))

    def _ask(self, command: str) -> str:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(TIMEOUT)
            connection.connect(str(self.folder / "stats"))
            connection.sendall(f"{command}\n".encode())
            with connection.makefile("r") as answer:
                return answer.read()
