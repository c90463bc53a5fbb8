"""Groups of contacts."""

import secrets
from collections.abc import Sequence

from sqlalchemy import String, and_, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from satchel_database import Connection, Database
from satchel_hookspecs import Conflict, Rejected
from satchel_userdata import checks
from satchel_userdata.contact import ContactGroup
from satchel_userdata.fold import fold, same_key
from satchel_userdata.rows import again, check_room
from satchel_userdata.tables import Tables

MOST = 1000
AT_ONCE = 1000


class Groups:
    """Keeps groups and who is in them; both sides are always the owner's own."""

    def __init__(self, database: Database, tables: Tables) -> None:
        self._database = database
        self._table, members, contacts = tables.groups, tables.members, tables.contacts
        at, ids = self._table.c, bindparam("ids", type_=String, expanding=True)
        mine = at.owner == bindparam("of_owner")
        this = and_(mine, at.id == bindparam("of_id"))
        size = select(func.count()).where(members.c.group_id == at.id).scalar_subquery()
        self._all = select(at.id, at.name, size).where(mine)
        self._known = select(at.id).where(mine, at.id.in_(ids))
        self._add = insert(self._table)
        self._rename = update(self._table).where(this)
        self._drop = delete(self._table).where(this)
        in_group = members.c.group_id == bindparam("of_id")
        self._contacts = select(contacts.c.id)
        self._contacts = self._contacts.where(contacts.c.owner == bindparam("of_owner"))
        self._contacts = self._contacts.where(contacts.c.id.in_(ids))
        self._members = select(members.c.contact).where(in_group, members.c.contact.in_(ids))
        self._put = insert(members)
        self._take = delete(members).where(in_group, members.c.contact.in_(ids))
        self._leave_all = delete(members).where(members.c.contact == bindparam("of_id"))

    async def all(self, owner: str) -> Sequence[ContactGroup]:
        """The owner's groups, by name."""
        reads = ("userdata_groups", "userdata_members")
        async with self._database.read(*reads) as connection:
            rows = await connection.execute(self._all, {"of_owner": checks.owner(owner)})
            found = [ContactGroup(*row) for row in rows]
        return sorted(found, key=lambda group: (fold(group.name), group.id))

    async def add(self, owner: str, name: str) -> ContactGroup:
        """Add a group."""
        id, row = secrets.token_hex(8), _row(name)
        try:
            async with self._database.write() as connection:
                await connection.execute(self._add, {**row, "id": id, "owner": checks.owner(owner)})
                await check_room(connection, self._table, owner, MOST)
        except IntegrityError as error:
            raise Rejected(f'There is a group "{row["name"]}" already.') from error
        return ContactGroup(id, row["name"], 0)

    async def rename(self, owner: str, id: str, name: str) -> ContactGroup:
        """Give a group another name."""
        this, row = {"of_owner": checks.owner(owner), "of_id": id}, _row(name)
        try:
            async with self._database.write() as connection:
                renamed = await connection.execute(self._rename, {**row, **this})
                groups = (await connection.execute(self._all, this)).all()
        except IntegrityError as error:
            raise Rejected(f'There is a group "{row["name"]}" already.') from error
        if renamed.rowcount != 1:
            raise Conflict(None, "The group was deleted meanwhile.")
        return next(ContactGroup(*group) for group in groups if group.id == id)

    async def delete(self, owner: str, id: str) -> bool:
        """Delete a group and none of its contacts; false when there was none."""
        this = {"of_owner": checks.owner(owner), "of_id": id}
        async with self._database.write() as connection:
            return (await connection.execute(self._drop, this)).rowcount == 1

    async def change(self, owner: str, id: str, add: Sequence[str], drop: Sequence[str]) -> None:
        """Put contacts into a group, and take others out of it."""
        if len(add) > AT_ONCE or len(drop) > AT_ONCE:
            raise Rejected(f"At most {AT_ONCE} contacts can be moved at a time.")
        owner = checks.owner(owner)

        async def change() -> None:
            async with self._database.write() as connection:
                await self._check(connection, owner, [id])
                if drop:
                    await connection.execute(self._take, {"of_id": id, "ids": list(drop)})
                if add:
                    await self._put_all(connection, owner, id, add)

        await again(change)

    async def put_into(
        self, connection: Connection, owner: str, contact: str, groups: Sequence[str]
    ) -> None:
        """Let a contact be in these groups and in no others, inside of a transaction."""
        ids = list(dict.fromkeys(groups))
        await self._check(connection, owner, ids)
        await connection.execute(self._leave_all, {"of_id": contact})
        if ids:
            await connection.execute(
                self._put, [{"group_id": id, "contact": contact} for id in ids]
            )

    async def _put_all(
        self, connection: Connection, owner: str, id: str, contacts: Sequence[str]
    ) -> None:
        asked = {"of_owner": owner, "of_id": id, "ids": list(contacts)}
        known = set((await connection.execute(self._contacts, asked)).scalars())
        if known < set(contacts):
            raise Conflict(None, "A contact was deleted meanwhile.")
        new = known - set((await connection.execute(self._members, asked)).scalars())
        if new:
            rows = [{"group_id": id, "contact": contact} for contact in sorted(new)]
            await connection.execute(self._put, rows)

    async def _check(self, connection: Connection, owner: str, ids: Sequence[str]) -> None:
        if not ids:
            return
        asked = {"of_owner": owner, "ids": list(ids)}
        if len((await connection.execute(self._known, asked)).all()) < len(ids):
            raise Conflict(None, "The group was deleted meanwhile.")


def _row(name: str) -> dict[str, str]:
    name = checks.line(name, "name")
    if not name:
        raise Rejected("A group has a name.")
    return {"name": name, "name_key": same_key(name)}
