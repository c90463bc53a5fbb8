"""The balancer of the tests favours nobody and passes by who is not ready."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.cluster.patience import wait_for
from tests.servers.folder import open_server_folder
from tests.servers.haproxy import Haproxy
from tests.servers.ports import LOOPBACK


class Node:
    """Says its number, and whether it is ready."""

    def __init__(self, number: int) -> None:
        """Prepare to listen on a free port."""
        self.is_ready = True
        node = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                fails = self.path == "/healthz/ready" and not node.is_ready
                self.send_response(503 if fails else 200)
                self.send_header("Content-Length", "1")
                self.end_headers()
                with suppress(ConnectionError):  # a check leaves when it has seen the status
                    self.wfile.write(str(number).encode())

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer((LOOPBACK, 0), Handler)

    def __enter__(self) -> "Node":
        """Serve until the `with` block is left."""
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Answer nobody any more."""
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def nodes() -> Iterator[list[Node]]:
    with ExitStack() as stack:
        yield [stack.enter_context(Node(number)) for number in range(3)]


@pytest.fixture
def balancer(nodes: list[Node]) -> Iterator[Haproxy]:
    ports = [node.server.server_port for node in nodes]
    with open_server_folder("haproxy") as folder, Haproxy(folder, ports) as running:
        yield running


def ask(balancer: Haproxy) -> str:
    """Return who answers."""
    with urllib.request.urlopen(balancer.url, timeout=10) as answer:  # noqa: S310
        return str(answer.read().decode())


def wait_until_ready(balancer: Haproxy, *names: str) -> None:
    wait_for(lambda: balancer.list_ready() == list(names), f"only {names} are ready")


def test_each_request_goes_to_the_next_node(balancer: Haproxy) -> None:
    answers = [ask(balancer) for _ in range(9)]

    assert sorted(answers) == sorted("012" * 3)
    assert len({*answers[:3]}) == 3
    assert balancer.count_hits() == [3, 3, 3]


def test_a_node_that_is_not_ready_or_drained_is_passed_by(
    balancer: Haproxy, nodes: list[Node]
) -> None:
    nodes[0].is_ready = False
    balancer.drain("node2")
    wait_until_ready(balancer, "node3")

    assert {ask(balancer) for _ in range(6)} == {"2"}
    nodes[0].is_ready = True
    balancer.admit("node2")
    wait_until_ready(balancer, "node1", "node2", "node3")
    assert {ask(balancer) for _ in range(6)} == {"0", "1", "2"}


def test_when_none_is_ready_those_that_live_are_asked(balancer: Haproxy, nodes: list[Node]) -> None:
    for node in nodes:
        node.is_ready = False
    wait_until_ready(balancer)

    assert {ask(balancer) for _ in range(6)} == {"0", "1", "2"}


def test_without_a_node_the_balancer_says_so(balancer: Haproxy, nodes: list[Node]) -> None:
    for node in nodes:
        node.server.shutdown()
        node.server.server_close()

    with pytest.raises(urllib.error.HTTPError, match="503"):
        wait_for(partial(ask, balancer), "nobody answers")
