"""Contacts as they are read: the rows of several tables put together."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, String, bindparam, func, select

from satchel_database import Connection
from satchel_userdata.contact import Contact, ContactPage
from satchel_userdata.fold import words_of
from satchel_userdata.tables import Tables

FIELDS = ("id", "name", "organization", "phone", "notes", "revision")
LARGEST_PAGE = 500

Asked = dict[str, object]


class ContactReader:
    """Reads contacts with their addresses and groups."""

    def __init__(self, tables: Tables) -> None:
        self._table, self._members = tables.contacts, tables.members
        addresses, members = tables.addresses.c, tables.members.c
        ids = bindparam("ids", type_=String, expanding=True)
        self._addresses = select(addresses.contact, addresses.address)
        self._addresses = self._addresses.where(addresses.contact.in_(ids))
        self._addresses = self._addresses.order_by(addresses.contact, addresses.number)
        self._groups = select(members.contact, members.group_id)
        self._groups = self._groups.where(members.contact.in_(ids)).order_by(members.group_id)

    async def one(self, connection: Connection, owner: str, id: str) -> Contact | None:
        """A contact, or ``None``."""
        at = self._table.c
        found = await self._found(connection, self._fields().where(at.owner == owner, at.id == id))
        return found[0] if found else None

    async def page(
        self,
        connection: Connection,
        owner: str,
        text: str,
        group: str | None,
        first: int,
        limit: int,
    ) -> ContactPage:
        """Some of the contacts that hold every word of the text."""
        words = words_of(text)
        if text.strip() and not words:
            return ContactPage((), 0)
        at = self._table.c
        wanted = [at.owner == owner, *(at.folded.like(f"%{word}%") for word in words)]
        if group is not None:
            members = select(self._members.c.contact).where(self._members.c.group_id == group)
            wanted.append(at.id.in_(members))
        counted = select(func.count()).select_from(self._table).where(*wanted)
        total = (await connection.execute(counted)).scalar_one()
        asked = self._fields().where(*wanted).order_by(at.sorted, at.id)
        asked = asked.offset(max(0, first)).limit(max(0, min(limit, LARGEST_PAGE)))
        return ContactPage(tuple(await self._found(connection, asked)), total)

    def _fields(self) -> Select[*tuple[object, ...]]:
        return select(*(self._table.c[name] for name in FIELDS))

    async def _found(
        self, connection: Connection, asked: Select[*tuple[object, ...]]
    ) -> Sequence[Contact]:
        rows = (await connection.execute(asked)).mappings().all()
        if not rows:
            return ()
        ids = {"ids": [row["id"] for row in rows]}
        addresses = _grouped(await connection.execute(self._addresses, ids))
        groups = _grouped(await connection.execute(self._groups, ids))
        return [
            Contact(
                **row,
                addresses=tuple(addresses.get(row["id"], ())),
                groups=tuple(groups.get(row["id"], ())),
            )
            for row in rows
        ]


def _grouped(pairs: Iterable[Sequence[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found
