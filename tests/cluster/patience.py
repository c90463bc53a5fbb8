"""Waiting for something that another process does."""

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")
POLL_EVERY = 0.02
LATEST = 30.0


def wait_for(look: Callable[[], Answer | None], what: str, latest: float = LATEST) -> Answer:
    """Return the first answer that is something; raise when it takes too long."""
    deadline = time.monotonic() + latest
    while not (found := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not after {latest:g} seconds.")
        time.sleep(POLL_EVERY)
    return found
