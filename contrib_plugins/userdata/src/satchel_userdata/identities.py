"""Identities: who a user writes as."""

import secrets
from collections.abc import Sequence

from sqlalchemy import and_, bindparam, delete, func, insert, select, update

from satchel_database import Connection, Database
from satchel_hookspecs import Conflict
from satchel_userdata import checks
from satchel_userdata.identity import Identity
from satchel_userdata.rows import Row, check_room
from satchel_userdata.tables import Tables

MOST = 200
SIGNATURE = 50_000
FIELDS = ("id", "name", "address", "organization", "reply_to", "bcc", "signature")


class Identities:
    """Keeps identities; the one that was chosen last is the standard one."""

    def __init__(self, database: Database, tables: Tables) -> None:
        self._database = database
        self._table = table = tables.identities
        at = table.c
        mine = at.owner == bindparam("of_owner")
        fields = [at[name] for name in (*FIELDS, "signature_is_html", "revision")]
        self._all = select(*fields).where(mine)
        self._all = self._all.order_by(at.chosen.desc(), at.created, at.id)
        self._chosen_last = select(func.coalesce(func.max(at.chosen), 0)).where(mine)
        self._add = insert(table).values(created=database.now(), revision=1)
        this = and_(mine, at.id == bindparam("of_id"))
        self._change = update(table).where(this).values(revision=at.revision + 1)
        self._drop = delete(table).where(this)

    async def all(self, owner: str) -> Sequence[Identity]:
        """The owner's identities, the standard one first."""
        async with self._database.read("userdata_identities") as connection:
            return await self._listed(connection, checks.owner(owner))

    async def add(self, owner: str, row: Row, standard: bool) -> Identity:
        """Add an identity."""
        id = secrets.token_hex(8)
        new = {**row, "id": id, "owner": checks.owner(owner)}
        async with self._database.write() as connection:
            chosen = await self._next(connection, owner) if standard else 0
            await connection.execute(self._add, {**new, "chosen": chosen})
            await check_room(connection, self._table, owner, MOST)
            return _one(await self._listed(connection, owner), id)

    async def change(
        self, owner: str, id: str, row: Row, standard: bool, expect: int | None
    ) -> Identity:
        """Replace the identity in revision ``expect``, or whatever it is (``None``)."""
        new, this = dict(row), {"of_owner": checks.owner(owner), "of_id": id}
        change = self._change
        if expect is not None:
            change = change.where(self._table.c.revision == expect)
        async with self._database.write() as connection:
            if standard:
                new["chosen"] = await self._next(connection, owner)
            changed = await connection.execute(change, {**new, **this})
            listed = await self._listed(connection, owner)
        if changed.rowcount != 1:
            raise Conflict(next((one for one in listed if one.id == id), None))
        return _one(listed, id)

    async def delete(self, owner: str, id: str) -> bool:
        """Delete the identity; false when there was none."""
        this = {"of_owner": checks.owner(owner), "of_id": id}
        async with self._database.write() as connection:
            return (await connection.execute(self._drop, this)).rowcount == 1

    async def _next(self, connection: Connection, owner: str) -> int:
        last = await connection.execute(self._chosen_last, {"of_owner": owner})
        return int(last.scalar_one()) + 1

    async def _listed(self, connection: Connection, owner: str) -> Sequence[Identity]:
        rows = (await connection.execute(self._all, {"of_owner": owner})).mappings()
        return [Identity(**row, standard=not place) for place, row in enumerate(rows)]


def identity_row(
    name: str,
    address: str,
    organization: str,
    reply_to: str,
    bcc: str,
    signature: str,
    signature_is_html: bool,
) -> Row:
    """What is kept of an identity that somebody wrote."""
    return {
        "name": checks.line(name, "name"),
        "address": checks.address(address),
        "organization": checks.line(organization, "organization"),
        "reply_to": checks.address_or_none(reply_to),
        "bcc": checks.address_or_none(bcc),
        "signature": checks.prose(signature, "signature", SIGNATURE),
        "signature_is_html": signature_is_html,
    }


def _one(listed: Sequence[Identity], id: str) -> Identity:
    return next(one for one in listed if one.id == id)
