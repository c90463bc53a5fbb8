"""What every test may ask for, and a decent end for a test run that is asked to stop."""

import os
from collections.abc import Iterator

import pytest
from coverage import Coverage
from tests.servers.ending import end_servers_on_sigterm

pytest_plugins = ["tests.servers.fixtures", "tests.servers.databases", "tests.browser.fixtures"]


def pytest_configure(config: pytest.Config) -> None:
    """Leave no server behind, whoever ends the run, and measure no process of a test."""
    end_servers_on_sigterm()
    if hasattr(config, "workerinput"):
        for name in [each for each in os.environ if each.startswith("COVERAGE_")]:
            del os.environ[name]


@pytest.fixture
def unmeasured() -> Iterator[None]:
    """For a test that does the same so often that measuring it takes five times as long."""
    coverage = Coverage.current()
    if coverage is not None:
        coverage.stop()
    yield
    if coverage is not None:
        coverage.start()
