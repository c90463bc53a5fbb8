"""Free ports on the loopback address."""

import socket

LOOPBACK = "127.0.0.1"


def pick_free_ports(count: int) -> list[int]:
    """Return ports that nobody listened on a moment ago, all different."""
    sockets = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    try:
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def pick_free_port() -> int:
    """Return a port that nobody listened on a moment ago."""
    return pick_free_ports(1)[0]
