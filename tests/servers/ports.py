"""Free ports on the loopback address."""

import itertools
import os
import random
import socket

LOOPBACK = "127.0.0.1"
# Below those that a kernel takes for outgoing connections, which come and go in a moment.
FIRST = 20_000
BLOCK = 3_000
BLOCKS = 4


def _own_block() -> range:
    """The ports of this process, which no other process of the same test run picks from."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    number = int(worker) if worker else random.randrange(BLOCKS)
    first = FIRST + number % BLOCKS * BLOCK
    return range(first, first + BLOCK)


def _from_anywhere(ports: range) -> "itertools.cycle[int]":
    """All ports one after another, again and again, and not those first that another run has."""
    begin = random.randrange(len(ports))
    return itertools.cycle([*ports[begin:], *ports[:begin]])


_candidates = _from_anywhere(_own_block())


def pick_free_port() -> int:
    """Return a port that nobody listened on a moment ago; one that was picked is not soon again."""
    for port in itertools.islice(_candidates, BLOCK):
        if _is_free(port):
            return port
    raise RuntimeError(f"No port above {FIRST} is free.")


def pick_free_ports(count: int) -> list[int]:
    """Return ports that nobody listened on a moment ago, all different."""
    return [pick_free_port() for _ in range(count)]


def _is_free(port: int) -> bool:
    try:
        socket.create_server((LOOPBACK, port)).close()
    except OSError:
        return False
    return True
