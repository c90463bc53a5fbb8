"""Nodes of one installation behind a balancer."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.patience import wait_for
from tests.servers.folder import open_server_folder
from tests.servers.haproxy import Haproxy
from tests.servers.site import Site

NODES = 3

SettingsOf = Callable[[int, Path], Mapping[str, object]]
"""The settings of the node with this number, which has a folder for itself."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Nodes, and the balancer that people see."""

    nodes: tuple[Site, ...]
    balancer: Haproxy

    @property
    def port(self) -> int:
        """Where people find the site."""
        return self.balancer.port

    def node_folder(self, number: int) -> Path:
        """The folder of a node: its settings, its log and whatever it keeps for itself."""
        return self.nodes[number].folder

    def wait_until_ready(self, *numbers: int) -> None:
        """Return when the balancer sends requests to exactly these nodes."""
        wanted = [self.balancer.names[number] for number in numbers]
        wait_for(lambda: self.balancer.list_ready() == wanted, f"only {wanted} are ready")


@contextlib.contextmanager
def run_cluster(settings_of: SettingsOf, count: int = NODES) -> Iterator[Cluster]:
    """Start nodes, all at once, and a balancer before them; end them when left."""
    with contextlib.ExitStack() as stack:
        folders = [stack.enter_context(open_server_folder("node")) for _ in range(count)]
        nodes = [Site(each, settings_of(number, each)) for number, each in enumerate(folders)]
        for node in nodes:
            stack.callback(node.stop)
        with ThreadPoolExecutor(count) as threads:
            list(threads.map(Site.start, nodes))
        folder = stack.enter_context(open_server_folder("haproxy"))
        balancer = stack.enter_context(Haproxy(folder, [node.port for node in nodes]))
        cluster = Cluster(tuple(nodes), balancer)
        cluster.wait_until_ready(*range(count))
        yield cluster
