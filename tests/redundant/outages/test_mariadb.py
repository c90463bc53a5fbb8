"""The same facts of an outage, and of nodes that act together, on MariaDB."""

import pytest

from tests.redundant import test_outage, test_together

FACTS = vars(test_outage) | vars(test_together)
globals().update({name: fact for name, fact in FACTS.items() if name.startswith("test_")})


@pytest.fixture
def kind() -> str:
    """The other kind of database."""
    return "mariadb"
