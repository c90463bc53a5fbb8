"""Collected recipients: whom a user wrote to."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Integer, and_, bindparam, delete, insert, select, update

from satchel_database import Connection, Database
from satchel_hookspecs import Rejected
from satchel_userdata import checks
from satchel_userdata.fold import fold, same_key
from satchel_userdata.recipient import Recipient
from satchel_userdata.rows import Put, Row, again
from satchel_userdata.tables import Tables

MOST = 5000
AT_ONCE = 500


class Recipients:
    """Keeps the last that were written to; the oldest make room."""

    def __init__(self, database: Database, tables: Tables) -> None:
        self._database = database
        table, at, now = tables.recipients, tables.recipients.c, database.now()
        mine = at.owner == bindparam("of_owner")
        this = and_(mine, at.address_key == bindparam("of_key"))
        keys = at.address_key.in_(bindparam("keys", expanding=True))
        most = bindparam("most", type_=Integer)
        self._last = select(at.name, at.address, at.used, at.times).where(mine)
        self._last = self._last.order_by(at.used.desc(), at.address_key).limit(most)
        self._oldest = select(at.address_key).where(mine)
        self._oldest = self._oldest.order_by(at.used.desc(), at.address_key)
        self._oldest = self._oldest.offset(most)
        self._drop = delete(table).where(this)
        self._drop_all = delete(table).where(mine, keys)
        self._put = Put(
            select(at.address_key).where(mine, keys),
            insert(table).values(used=now, times=1),
            update(table).where(this).values(used=now, times=at.times + 1),
        )

    async def last(self, owner: str, limit: int) -> Sequence[Recipient]:
        """Whom the owner wrote to, the last ones first."""
        asked = {"of_owner": checks.owner(owner), "most": limit}
        async with self._database.read("userdata_recipients") as connection:
            return [Recipient(*row) for row in await connection.execute(self._last, asked)]

    async def used(self, owner: str, recipients: Sequence[tuple[str, str]]) -> None:
        """Remember these as written to now; what is no address was not written to."""
        owner = checks.owner(owner)
        rows = dict(sorted(dict(_rows(recipients[:AT_ONCE])).items()))

        async def put() -> None:
            async with self._database.write() as connection:
                await self._put.run(connection, owner, rows)
                await self._make_room(connection, owner)

        await again(put)

    async def delete(self, owner: str, address: str) -> bool:
        """Forget a recipient; false when there was none."""
        this = {"of_owner": checks.owner(owner), "of_key": same_key(address.strip())}
        async with self._database.write() as connection:
            return (await connection.execute(self._drop, this)).rowcount == 1

    async def _make_room(self, connection: Connection, owner: str) -> None:
        asked = {"of_owner": owner, "most": MOST}
        oldest = (await connection.execute(self._oldest, asked)).scalars().all()
        if oldest:
            await connection.execute(self._drop_all, {"of_owner": owner, "keys": oldest})


def _rows(recipients: Sequence[tuple[str, str]]) -> Iterator[tuple[str, Row]]:
    for name, address in recipients:
        try:
            row = {"name": checks.line(name, "name"), "address": checks.address(address)}
        except Rejected:
            continue  # a list of collected ones is no place to complain about a letter's header
        key = same_key(row["address"])
        yield key, {**row, "address_key": key, "folded": fold(row["name"], row["address"])}
