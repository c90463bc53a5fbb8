"""A decent end for a program that starts servers and is asked to stop."""

import signal
from types import FrameType


def end_servers_on_sigterm() -> None:
    """Let SIGTERM end this program as Ctrl-C does, so that each `with` block ends its server."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
