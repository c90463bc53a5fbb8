"""What every test may ask for, and a decent end for a test run that is asked to stop."""

import pytest
from tests.servers.ending import end_servers_on_sigterm

pytest_plugins = ["tests.servers.fixtures", "tests.servers.databases", "tests.browser.fixtures"]


def pytest_configure(config: pytest.Config) -> None:
    """Leave no server behind, whoever ends the run."""
    end_servers_on_sigterm()
