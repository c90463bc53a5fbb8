"""Group documents as rows, each replaced in one statement that names the state it replaces."""

import json
import secrets
import time
from collections.abc import AsyncGenerator, Mapping, Sequence

from sqlalchemy import Executable
from sqlalchemy.exc import IntegrityError

from satchel_attachments_database.place import checked, keys_of
from satchel_attachments_database.tables import DocumentStatements
from satchel_database import Database
from satchel_hookspecs import Place

PAGE = 500
RECKONED = 10.0
EMPTY: Mapping[str, object] = {}


class Documents:
    """Keeps one document a compose; its version is random, so that none ever comes again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._statements = DocumentStatements(database)
        self._ahead = 0.0
        self._asked = -RECKONED

    async def now(self) -> float:
        """The database's time; each ``load`` brings it, so that asking costs nothing after one."""
        if time.monotonic() - self._asked >= RECKONED:
            self._set_clock((await self._database.look_up(self._statements.now)).scalar_one())
        return time.monotonic() + self._ahead

    async def load(self, place: Place) -> tuple[bytes | None, str | None]:
        """The document and its version, both ``None`` when there is none."""
        found = await self._database.look_up(self._statements.load, keys_of(place))
        now, document, version = found.one()
        self._set_clock(now)
        return document, version

    async def store(
        self,
        place: Place,
        document: bytes | None,
        version: str | None,
        expires: float | None = None,
    ) -> bool:
        """Replace the document in state ``version``, or delete it; false if it is another.

        ``expires`` is when it is over, for one that does not say so itself.
        """
        if document is None:
            return version is None or await self._changes(self._statements.drop, place, version)
        row = {
            "document": document,
            "version": secrets.token_hex(8),
            "expires": json.loads(document)["expires"] if expires is None else expires,
        }
        if version is None:
            return await self._creates(place, row)
        return await self._changes(self._statements.replace, place, version, row)

    async def places(self, owner: str | None) -> AsyncGenerator[Place, None]:
        """Every place of the owner, or of all, that has a document or a piece."""
        statements = self._statements
        statement = statements.places if owner is None else statements.places_of_owner
        whose = None if owner is None else checked(owner)
        last = Place("", "")
        while True:
            after = {"after_owner": last.owner, "after_group": last.group}
            page = {"of_owner": whose, "most": PAGE, **after}
            rows = (await self._database.look_up(statement, page)).all()
            for row in rows:
                last = Place(*row)
                yield last
            if len(rows) < PAGE:
                return

    async def expired(self, most: int) -> Sequence[Place]:
        """The places whose documents are over their time, the oldest first."""
        rows = await self._database.look_up(self._statements.expired, {"most": most})
        return [Place(*row) for row in rows]

    async def drop_expired(self, place: Place) -> None:
        """Delete a document that is over its time, whatever is in it."""
        await self._database.change(self._statements.drop_expired, keys_of(place))

    async def _creates(self, place: Place, row: Mapping[str, object]) -> bool:
        new = {**row, "owner": checked(place.owner), "group_name": checked(place.group)}
        try:
            await self._database.change(self._statements.create, new)
        except IntegrityError:
            return False
        return True

    async def _changes(
        self, statement: Executable, place: Place, version: str, row: Mapping[str, object] = EMPTY
    ) -> bool:
        values = {**keys_of(place), "expect": version, **row}
        return (await self._database.change(statement, values)).rowcount == 1

    def _set_clock(self, now: float) -> None:
        self._asked = time.monotonic()
        self._ahead = now - self._asked
