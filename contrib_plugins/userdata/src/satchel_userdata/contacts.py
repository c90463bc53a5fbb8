"""The address book: contacts with their addresses."""

import secrets
from collections.abc import Sequence

from sqlalchemy import and_, bindparam, delete, insert, update

from satchel_database import Connection, Database
from satchel_hookspecs import Conflict, Rejected
from satchel_userdata import checks
from satchel_userdata.contact import Contact, ContactPage
from satchel_userdata.contact_reader import ContactReader
from satchel_userdata.fold import fold, same_key
from satchel_userdata.groups import Groups
from satchel_userdata.rows import Row, check_room
from satchel_userdata.tables import Tables

ADDRESSES = 50
NOTES = 20_000
AT_ONCE = 1000
READS = ("userdata_contacts", "userdata_addresses", "userdata_members")


class Contacts:
    """Adds, replaces and deletes contacts, each whole or not at all."""

    def __init__(self, database: Database, tables: Tables, groups: Groups, most: int) -> None:
        self._database, self._groups, self._most = database, groups, most
        self._table = table = tables.contacts
        self._reader = ContactReader(tables)
        at, addresses = table.c, tables.addresses
        mine = at.owner == bindparam("of_owner")
        this = and_(mine, at.id == bindparam("of_id"))
        self._add = insert(table).values(revision=1)
        self._change = update(table).where(this).values(revision=at.revision + 1)
        self._drop = delete(table).where(mine, at.id.in_(bindparam("ids", expanding=True)))
        self._add_addresses = insert(addresses)
        self._drop_addresses = delete(addresses).where(addresses.c.contact == bindparam("of_id"))

    async def add(
        self, owner: str, row: Row, addresses: Sequence[str], groups: Sequence[str]
    ) -> Contact:
        """Add a contact."""
        id = secrets.token_hex(8)
        async with self._database.write() as connection:
            new = {**row, "id": id, "owner": checks.owner(owner)}
            await connection.execute(self._add, new)
            await check_room(connection, self._table, owner, self._most)
            await self._put_addresses(connection, owner, id, str(row["name"]), addresses)
            await self._groups.put_into(connection, owner, id, groups)
            return await self._kept(connection, owner, id)

    async def change(
        self,
        owner: str,
        id: str,
        row: Row,
        addresses: Sequence[str],
        groups: Sequence[str] | None,
        expect: int | None,
    ) -> Contact:
        """Replace the contact in revision ``expect``, or whatever it is (``None``)."""
        this = {"of_owner": checks.owner(owner), "of_id": id}
        change = self._change
        if expect is not None:
            change = change.where(self._table.c.revision == expect)
        async with self._database.write() as connection:
            if (await connection.execute(change, {**row, **this})).rowcount != 1:
                raise Conflict(await self._reader.one(connection, owner, id))
            await connection.execute(self._drop_addresses, {"of_id": id})
            await self._put_addresses(connection, owner, id, str(row["name"]), addresses)
            if groups is not None:
                await self._groups.put_into(connection, owner, id, groups)
            return await self._kept(connection, owner, id)

    async def one(self, owner: str, id: str) -> Contact | None:
        """A contact, or ``None``."""
        async with self._database.read(*READS) as connection:
            return await self._reader.one(connection, checks.owner(owner), id)

    async def page(
        self, owner: str, text: str, group: str | None, first: int, limit: int
    ) -> ContactPage:
        """Some of the contacts that hold every word of the text, by name."""
        checks.owner(owner)
        async with self._database.read(*READS) as connection:
            return await self._reader.page(connection, owner, text, group, first, limit)

    async def delete(self, owner: str, ids: Sequence[str]) -> int:
        """Delete contacts, and count those that were there."""
        if len(ids) > AT_ONCE:
            raise Rejected(f"At most {AT_ONCE} contacts can be deleted at a time.")
        asked = {"of_owner": checks.owner(owner), "ids": list(ids)}
        async with self._database.write() as connection:
            return (await connection.execute(self._drop, asked)).rowcount

    async def _kept(self, connection: Connection, owner: str, id: str) -> Contact:
        contact = await self._reader.one(connection, owner, id)
        if contact is None:
            raise Conflict(None, "The contact was deleted meanwhile.")
        return contact

    async def _put_addresses(
        self, connection: Connection, owner: str, id: str, name: str, addresses: Sequence[str]
    ) -> None:
        rows = [
            {
                "contact": id,
                "number": number,
                "owner": owner,
                "name": name,
                "address": address,
                "address_key": same_key(address),
                "folded": fold(name, address),
            }
            for number, address in enumerate(addresses)
        ]
        if rows:
            await connection.execute(self._add_addresses, rows)


def addresses_of(written: Sequence[str]) -> Sequence[str]:
    """The addresses of a contact that somebody wrote, each once."""
    found: dict[str, str] = {}
    for one in written:
        address = checks.address(one)
        found.setdefault(same_key(address), address)
    if len(found) > ADDRESSES:
        raise Rejected(f"A contact may have at most {ADDRESSES} addresses.")
    return list(found.values())


def contact_row(
    name: str, addresses: Sequence[str], organization: str, phone: str, notes: str
) -> Row:
    """What is kept of a contact that somebody wrote."""
    name, organization = checks.line(name, "name"), checks.line(organization, "organization")
    if not name and not addresses:
        raise Rejected("A contact has a name, or at least one address.")
    return {
        "name": name,
        "sorted": fold(name or addresses[0], most=255),
        "folded": fold(name, organization, *addresses, most=4000),
        "organization": organization,
        "phone": checks.line(phone, "phone number"),
        "notes": checks.prose(notes, "notes", NOTES),
    }
