"""Preferences: one row a setting, so that two changes never collide."""

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import String, bindparam, delete, insert, select, update

from satchel_database import Connection, Database
from satchel_hookspecs import Rejected
from satchel_userdata import checks
from satchel_userdata.rows import Put, again, check_room
from satchel_userdata.tables import Tables

MOST = 1000
LONGEST = 60_000


class Preferences:
    """Keeps the settings that an owner has changed."""

    def __init__(self, database: Database, tables: Tables) -> None:
        self._database = database
        self._table = table = tables.preferences
        at, keys = table.c, bindparam("keys", type_=String, expanding=True)
        mine = at.owner == bindparam("of_owner")
        self._all = select(at.name, at.value).where(mine)
        self._drop = delete(table).where(mine, at.name.in_(keys))
        self._put = Put(
            select(at.name).where(mine, at.name.in_(keys)),
            insert(table),
            update(table).where(mine, at.name == bindparam("of_key")),
        )

    async def all(self, owner: str) -> Mapping[str, object]:
        """Every setting of the owner."""
        async with self._database.read("userdata_preferences") as connection:
            rows = await connection.execute(self._all, {"of_owner": checks.owner(owner)})
        return {name: json.loads(value) for name, value in rows}

    async def set(self, owner: str, changes: Mapping[str, object]) -> None:
        """Change these settings, all or none."""
        owner = checks.owner(owner)
        values = {checks.key(name, "a setting"): _text_of(name, changes[name]) for name in changes}
        rows = {name: {"name": name, "value": value} for name, value in values.items() if value}
        gone = [name for name, value in values.items() if value is None]

        async def change() -> None:
            async with self._database.write() as connection:
                await self._delete(connection, owner, gone)
                await self._put.run(connection, owner, rows)
                await self._check(connection, owner, len(rows))

        await again(change)

    async def _delete(self, connection: Connection, owner: str, names: Sequence[str]) -> None:
        # MariaDB locks the place of a row that is not there, against those who make one beside it.
        known = await self._put.find(connection, owner, names)
        if known:
            await connection.execute(self._drop, {"of_owner": owner, "keys": sorted(known)})

    async def _check(self, connection: Connection, owner: str, put: int) -> None:
        if put:
            await check_room(connection, self._table, owner, MOST)


def _text_of(name: str, value: object) -> str | None:
    if value is None:
        return None
    try:
        text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise Rejected(f'The setting "{name}" cannot be kept: {error}.') from error
    if len(text) > LONGEST:
        raise Rejected(f'The setting "{name}" is too long to be kept.')
    return text
