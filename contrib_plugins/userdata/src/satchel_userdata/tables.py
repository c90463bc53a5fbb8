"""The tables, as the statements know them."""

from sqlalchemy import Boolean, Column, Double, Integer, LargeBinary, String, Text
from sqlalchemy.sql.schema import Table

from satchel_database import Database


class Tables:
    """One attribute a table; each begins with ``userdata_`` and stands under the prefix."""

    def __init__(self, database: Database) -> None:
        self.preferences = _preferences(database)
        self.identities = _identities(database)
        self.contacts = _contacts(database)
        self.addresses = _addresses(database)
        self.groups = _groups(database)
        self.members = _members(database)
        self.recipients = _recipients(database)
        self.cache = _cache(database)


def _preferences(database: Database) -> Table:
    return database.table(
        "userdata_preferences",
        Column("owner", String(128), primary_key=True),
        Column("name", String(200), primary_key=True),
        Column("value", Text, nullable=False),
    )


def _identities(database: Database) -> Table:
    return database.table(
        "userdata_identities",
        Column("id", String(32), primary_key=True),
        Column("owner", String(128), nullable=False),
        Column("name", String(255), nullable=False),
        Column("address", String(320), nullable=False),
        Column("organization", String(255), nullable=False),
        Column("reply_to", String(320), nullable=False),
        Column("bcc", String(320), nullable=False),
        Column("signature", Text, nullable=False),
        Column("signature_is_html", Boolean, nullable=False),
        Column("chosen", Integer, nullable=False),
        Column("created", Double, nullable=False),
        Column("revision", Integer, nullable=False),
    )


def _contacts(database: Database) -> Table:
    return database.table(
        "userdata_contacts",
        Column("id", String(32), primary_key=True),
        Column("owner", String(128), nullable=False),
        Column("name", String(255), nullable=False),
        Column("sorted", String(255), nullable=False),
        Column("folded", String(4000), nullable=False),
        Column("organization", String(255), nullable=False),
        Column("phone", String(255), nullable=False),
        Column("notes", Text, nullable=False),
        Column("revision", Integer, nullable=False),
    )


def _addresses(database: Database) -> Table:
    return database.table(
        "userdata_addresses",
        Column("contact", String(32), primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("owner", String(128), nullable=False),
        Column("name", String(255), nullable=False),
        Column("address", String(320), nullable=False),
        Column("address_key", String(64), nullable=False),
        Column("folded", String(1000), nullable=False),
    )


def _groups(database: Database) -> Table:
    return database.table(
        "userdata_groups",
        Column("id", String(32), primary_key=True),
        Column("owner", String(128), nullable=False),
        Column("name", String(255), nullable=False),
        Column("name_key", String(64), nullable=False),
    )


def _members(database: Database) -> Table:
    return database.table(
        "userdata_members",
        Column("group_id", String(32), primary_key=True),
        Column("contact", String(32), primary_key=True),
    )


def _recipients(database: Database) -> Table:
    return database.table(
        "userdata_recipients",
        Column("owner", String(128), primary_key=True),
        Column("address_key", String(64), primary_key=True),
        Column("name", String(255), nullable=False),
        Column("address", String(320), nullable=False),
        Column("folded", String(1000), nullable=False),
        Column("used", Double, nullable=False),
        Column("times", Integer, nullable=False),
    )


def _cache(database: Database) -> Table:
    return database.table(
        "userdata_cache",
        Column("owner", String(128), primary_key=True),
        Column("name", String(200), primary_key=True),
        Column("value", LargeBinary(2**24 - 1), nullable=False),
        Column("expires", Double, nullable=False),
    )
