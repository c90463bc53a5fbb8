"""A person whose every request goes to another node, as a balancer without stickiness sends it."""

import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from typing import Self

from tests.bad_input.visitor import Headers, Visitor


class Wanderer(Visitor):
    """Visits these ports in turn."""

    def __init__(self, *ports: int) -> None:
        super().__init__(ports[0])
        self._ports: Sequence[int] = ports
        self._next = cycle(ports)

    def clone(self) -> Self:
        """Return somebody with the same cookies and token."""
        other = type(self)(*self._ports)
        other.token, other.cookies = self.token, dict(self.cookies)
        return other

    @contextmanager
    def opened(
        self,
        method: str,
        path: str,
        headers: Headers | None = None,
        body: bytes | Iterable[bytes] = b"",
    ) -> Iterator[socket.socket]:
        """Yield a connection to the next node, on which a request was sent."""
        self.port = next(self._next)
        self.host = f"127.0.0.1:{self.port}"
        with super().opened(method, path, headers, body) as connection:
            yield connection
