"""What `make conformance` proves: every store that ships, wherever it may be kept."""

from importlib.metadata import EntryPoint, entry_points

import pytest

from satchel_testkit.subject import KINDS, MEMORY
from tests.conformance.stores import list_proofs
from tests.servers.databases import PAIRS

DATABASES = {"sqlite", *PAIRS}
SHIPPED = {
    f"{kind}:{point.name}": point
    for kind in KINDS
    for point in entry_points(group=f"satchel.v1.{kind}")
    if point.dist and point.dist.name.startswith("satchel-")
}


def test_every_store_that_ships_is_proved() -> None:
    proved = {each.store for each in list_proofs()}

    assert {*SHIPPED, *(f"{kind}:memory" for kind in MEMORY)} == proved


@pytest.mark.parametrize("store", SHIPPED)
def test_a_store_that_needs_a_database_is_proved_on_each_kind(store: str) -> None:
    media = {each for proof in list_proofs() if proof.store == store for each in proof.media}

    assert (media & DATABASES) == (DATABASES if needs_database(SHIPPED[store]) else set())


def needs_database(point: EntryPoint) -> bool:
    """Whether a store with no options requires the database."""
    requires = getattr(point.load(), "requires", ())
    return "database" in (requires({}) if callable(requires) else requires)
