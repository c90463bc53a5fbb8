"""Whether a connection that nobody uses has been dropped, without asking the server."""

import select
from typing import Any

NOW = 0


def is_silent(transport: Any) -> bool:  # Any: a transport of asyncio
    """Whether nothing has come: what comes unasked is the end, unseen as yet by the loop."""
    connection = transport.get_extra_info("socket")
    if connection is None or connection.fileno() < 0:
        return False  # its end was seen by TLS, and is not yet by the driver
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(NOW)
