"""What every test may ask for, and a decent end for a test run that is asked to stop."""

import signal
from types import FrameType

import pytest

pytest_plugins = ["tests.servers.fixtures", "tests.servers.databases", "tests.browser.fixtures"]


def pytest_configure(config: pytest.Config) -> None:
    """Let SIGTERM end the run as Ctrl-C does: with every server ended."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
