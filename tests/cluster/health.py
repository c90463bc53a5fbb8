"""What the nodes of a cluster say of their own health."""

from tests.cluster.cluster import Cluster
from tests.cluster.patience import wait_for
from tests.cluster.traveller import Traveller


def wait_until_well(cluster: Cluster) -> None:
    """Return when every node has brought everything where it belongs."""
    for node in cluster.nodes:
        visitor = Traveller(node.port)
        wait_for(lambda visitor=visitor: is_well(visitor), "all is well again")  # type: ignore[misc]


def is_well(visitor: Traveller) -> bool:
    components = visitor.get("/healthz/ready").json["components"]
    return all(each["status"] == "ok" for each in components.values())
