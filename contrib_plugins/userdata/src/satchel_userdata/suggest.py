"""Suggestions: the user's own people, with those of every other source."""

import asyncio
import logging
from collections.abc import Iterable, Sequence

from satchel_database import Database
from satchel_hookspecs import PluginContext, Rejected
from satchel_userdata import checks
from satchel_userdata.fold import words_of
from satchel_userdata.recipient import Suggestion
from satchel_userdata.search import Found, Search
from satchel_userdata.tables import Tables

MOST = 100

log = logging.getLogger(__name__)


class Suggestions:
    """Asks the database and the other sources at once; these may fail or be slow."""

    def __init__(
        self, database: Database, tables: Tables, ctx: PluginContext, seconds: float
    ) -> None:
        self._database, self._ctx, self._seconds = database, ctx, seconds
        self._search = Search(tables)

    async def find(self, owner: str, text: str, limit: int) -> Sequence[Suggestion]:
        """The first ``limit`` by rank, each address once."""
        owner, words, limit = checks.owner(owner), words_of(text), min(limit, MOST)
        if not words or limit < 1:
            return ()
        others = asyncio.create_task(self._ask(owner, text, limit))
        try:
            reads = ("userdata_addresses", "userdata_recipients")
            async with self._database.read(*reads) as connection:
                own = await self._search.run(connection, owner, words, limit)
            await asyncio.wait({others}, timeout=self._seconds)
        finally:
            # Not awaited: whoever does not answer may not end at once either.
            others.cancel()
        found = _unique([*own, *self._answered(others)])
        ranked = sorted(found, key=lambda one: one.rank(words))
        return tuple(one.suggestion for one in ranked[:limit])

    async def _ask(self, owner: str, text: str, limit: int) -> list[Found]:
        hooks = self._ctx.hooks
        answers = await hooks.userdata_contacts_search(owner=owner, text=text, limit=limit)
        return [Found(one) for answer in answers for one in answer[:limit] if _is_usable(one)]

    def _answered(self, others: asyncio.Task[list[Found]]) -> list[Found]:
        if not others.done() or others.cancelled():
            log.warning("Contacts of another source did not come in %g s.", self._seconds)
            return []
        error = others.exception()
        if error is not None:
            log.warning("Contacts of another source are left out.", exc_info=error)
            return []
        return others.result()


def _unique(found: Iterable[Found]) -> list[Found]:
    """Each address once, as the first source has it, which is the user's own."""
    unique: dict[str, Found] = {}
    for one in found:
        unique.setdefault(one.key, one)
    return list(unique.values())


def _is_usable(one: Suggestion) -> bool:
    try:
        checks.address(one.address)
        checks.line(one.name, "name")
    except Rejected:
        return False
    return True
