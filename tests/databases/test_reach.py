"""Whether a server has come as far as a user has seen."""

import pytest

from satchel_database.mariadb_server import MariadbReach
from satchel_database.postgresql_server import PostgresqlReach
from satchel_database.reach import Reach

COPY = PostgresqlReach("a", 2, 100)
WRITER = PostgresqlReach("a", 2, 900)
MARIADB_COPY = MariadbReach("a", {0: 100, 1: 3})
MARIADB_WRITER = MariadbReach("a", {0: 900, 1: 9}, 7)


@pytest.mark.parametrize(
    ("seen", "covered"),
    [
        ({}, True),
        ({"postgresql:a:2": 100}, True),
        ({"postgresql:a:2": 101}, False),
        ({"postgresql:a:1": 100}, True),
        ({"postgresql:a:1": 101}, False),
        ({"postgresql:a:3": 1}, False),
        ({"postgresql:a:2": 100, "postgresql:a:3": 1}, False),
        ({"postgresql:b:3": 900, "mariadb:a:0": 900, "postgresql": 900}, True),
    ],
)
def test_a_replica_of_postgresql_covers_the_numbers_of_its_timelines(
    seen: dict[str, int], covered: bool
) -> None:
    assert COPY.covers(seen, WRITER) is covered


@pytest.mark.parametrize(
    "writer",
    [
        PostgresqlReach("a", 1, 900),
        PostgresqlReach("a", 3, 900),
        PostgresqlReach("b", 2, 900),
        MARIADB_WRITER,
        None,
    ],
)
def test_a_replica_of_postgresql_on_another_timeline_than_the_writer_covers_nothing(
    writer: Reach | None,
) -> None:
    assert not COPY.covers({}, writer)
    assert not COPY.covers({"postgresql:a:1": 1}, writer)


@pytest.mark.parametrize(
    ("seen", "covered"),
    [
        ({}, True),
        ({"mariadb:a:0": 100, "mariadb:a:1": 3}, True),
        ({"mariadb:a:0": 101}, False),
        ({"mariadb:a:0": 1, "mariadb:a:1": 4}, False),
        ({"mariadb:a:2": 1}, False),
        ({"mariadb:b:0": 900, "postgresql:a:2": 900}, True),
    ],
)
def test_a_replica_of_mariadb_covers_the_numbers_of_its_domains(
    seen: dict[str, int], covered: bool
) -> None:
    assert MARIADB_COPY.covers(seen, MARIADB_WRITER) is covered


@pytest.mark.parametrize("writer", [MariadbReach("b", {0: 900, 1: 9}, 7), WRITER, None])
def test_a_replica_of_another_mariadb_covers_nothing(writer: Reach | None) -> None:
    assert not MARIADB_COPY.covers({}, writer)
