"""What the errors of asyncpg mean when it is spoken to directly."""

import asyncpg
import pytest

from satchel_database.postgresql import translate
from satchel_database.postgresql_shortcut import PostgresqlShortcut
from satchel_hookspecs import Unavailable


class OpenDriver:
    def is_closed(self) -> bool:
        return False


@pytest.mark.parametrize(
    ("error", "lost"),
    [
        (asyncpg.InternalClientError("cannot switch to state 12"), True),
        (asyncpg.ReadOnlySQLTransactionError("it was demoted"), True),
        (asyncpg.UndefinedTableError("there is no such table"), False),
    ],
)
def test_a_confused_or_demoted_connection_is_unavailable_and_a_mistake_is_not(error, lost) -> None:
    shortcut = PostgresqlShortcut()
    meaning = translate(shortcut.wrap(error, "SELECT 1", shortcut.is_lost(OpenDriver(), error)))

    assert isinstance(error, shortcut.errors)
    assert isinstance(meaning, Unavailable) is lost
