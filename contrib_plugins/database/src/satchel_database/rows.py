"""What one statement has answered."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.exc import MultipleResultsFound, NoResultFound

Row = Sequence[Any]  # Any: whatever the statement selects


class Rows:
    """The rows that were found, and how many were found or touched."""

    __slots__ = ("_found", "rowcount")

    def __init__(self, found: Sequence[Row], rowcount: int) -> None:
        self._found = found
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Row]:
        return iter(self._found)

    def all(self) -> Sequence[Row]:
        """Every row."""
        return self._found

    def one_or_none(self) -> Row | None:
        """The only row, if there is one."""
        if len(self._found) > 1:
            raise MultipleResultsFound("There are several rows where one was expected.")
        return self._found[0] if self._found else None

    def one(self) -> Row:
        """The only row."""
        row = self.one_or_none()
        if row is None:
            raise NoResultFound("There is no row where one was expected.")
        return row

    def scalar_one(self) -> Any:  # Any: as it is selected
        """The first value of the only row."""
        return self.one()[0]

    def scalars(self) -> list[Any]:
        """The first value of each row."""
        return [row[0] for row in self._found]
