"""The search for whom the user may mean, in the user's own rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select

from satchel_database import Connection
from satchel_userdata.fold import fold, same_key
from satchel_userdata.recipient import Suggestion
from satchel_userdata.tables import Tables


@dataclass(frozen=True, slots=True)
class Found:
    """A suggestion, with what it is ranked by."""

    suggestion: Suggestion
    used: float = 0.0

    @property
    def key(self) -> str:
        """What its address has in common with the same one written otherwise."""
        return same_key(self.suggestion.address)

    def rank(self, words: Sequence[str]) -> tuple[bool, float, str]:
        """Who comes first: a word begins with what was typed, then used last, then by name."""
        folded = fold(self.suggestion.name, self.suggestion.address)
        return not all(f" {word}" in folded for word in words), -self.used, folded


class Search:
    """Looks through addresses and recipients; the words hold no wildcard."""

    def __init__(self, tables: Tables) -> None:
        self._addresses, self._recipients = tables.addresses, tables.recipients

    async def run(
        self, connection: Connection, owner: str, words: Sequence[str], limit: int
    ) -> list[Found]:
        """The first of both, contacts before recipients."""
        found = []
        for source, asked in (
            ("contacts", self._contacts(owner, words)),
            ("recipients", self._collected(owner, words)),
        ):
            for name, address, used in await connection.execute(asked.limit(limit)):
                found.append(Found(Suggestion(name, address, source), used))
        return found

    def _contacts(self, owner: str, words: Sequence[str]) -> Select[*tuple[object, ...]]:
        at, recipient = self._addresses.c, self._recipients.c
        same = and_(recipient.owner == at.owner, recipient.address_key == at.address_key)
        used = func.coalesce(recipient.used, literal(0.0))
        asked = select(at.name, at.address, used)
        asked = asked.select_from(self._addresses.outerjoin(self._recipients, same))
        return _ranked(asked.where(at.owner == owner), at.folded, used, words)

    def _collected(self, owner: str, words: Sequence[str]) -> Select[*tuple[object, ...]]:
        at = self._recipients.c
        asked = select(at.name, at.address, at.used).where(at.owner == owner)
        return _ranked(asked, at.folded, at.used, words)


def _ranked(
    asked: Select[*tuple[object, ...]],
    folded: ColumnElement[str],
    used: ColumnElement[float],
    words: Sequence[str],
) -> Select[*tuple[object, ...]]:
    begins = and_(*(folded.like(f"% {word}%") for word in words))
    asked = asked.where(*(folded.like(f"%{word}%") for word in words))
    return asked.order_by(case((begins, 0), else_=1), used.desc(), folded)
