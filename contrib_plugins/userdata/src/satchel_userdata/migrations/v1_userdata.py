"""The tables of preferences, identities, contacts, recipients and cached values."""

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy.dialects import mysql

from satchel_database import Prefix

revision = "1"
down_revision = None

Text = sa.types.TypeEngine[str]


def upgrade(op: Operations, prefix: Prefix) -> None:
    """Make the tables, with what look-ups by owner, by name and by time need."""
    _make_settings(op, prefix)
    _make_identities(op, prefix)
    _make_contacts(op, prefix)
    _make_groups(op, prefix)
    _make_recipients(op, prefix)
    _make_cache(op, prefix)


def _make_settings(op: Operations, prefix: Prefix) -> None:
    op.create_table(
        prefix.name("userdata_preferences"),
        sa.Column("owner", _name(128), primary_key=True),
        sa.Column("name", _name(200), primary_key=True),
        sa.Column("value", _prose(), nullable=False),
        schema=prefix.schema,
    )


def _make_identities(op: Operations, prefix: Prefix) -> None:
    table = prefix.name("userdata_identities")
    op.create_table(
        table,
        sa.Column("id", _name(32), primary_key=True),
        sa.Column("owner", _name(128), nullable=False),
        sa.Column("name", _line(255), nullable=False),
        sa.Column("address", _line(320), nullable=False),
        sa.Column("organization", _line(255), nullable=False),
        sa.Column("reply_to", _line(320), nullable=False),
        sa.Column("bcc", _line(320), nullable=False),
        sa.Column("signature", _prose(), nullable=False),
        sa.Column("signature_is_html", sa.Boolean, nullable=False),
        sa.Column("chosen", sa.Integer, nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        schema=prefix.schema,
    )
    op.create_index(f"{table}_owner", table, ["owner"], schema=prefix.schema)


def _make_contacts(op: Operations, prefix: Prefix) -> None:
    table, addresses = prefix.name("userdata_contacts"), prefix.name("userdata_addresses")
    op.create_table(
        table,
        sa.Column("id", _name(32), primary_key=True),
        sa.Column("owner", _name(128), nullable=False),
        sa.Column("name", _line(255), nullable=False),
        sa.Column("sorted", _line(255), nullable=False),
        sa.Column("folded", _line(4000), nullable=False),
        sa.Column("organization", _line(255), nullable=False),
        sa.Column("phone", _line(255), nullable=False),
        sa.Column("notes", _prose(), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        schema=prefix.schema,
    )
    op.create_index(
        f"{table}_sorted",
        table,
        ["owner", "sorted", "id"],
        schema=prefix.schema,
    )
    op.create_table(
        addresses,
        _part_of(prefix, "contact", "userdata_contacts"),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("owner", _name(128), nullable=False),
        sa.Column("name", _line(255), nullable=False),
        sa.Column("address", _line(320), nullable=False),
        sa.Column("address_key", _name(64), nullable=False),
        sa.Column("folded", _line(1000), nullable=False),
        schema=prefix.schema,
    )
    op.create_index(f"{addresses}_owner", addresses, ["owner"], schema=prefix.schema)


def _make_groups(op: Operations, prefix: Prefix) -> None:
    table, members = prefix.name("userdata_groups"), prefix.name("userdata_members")
    op.create_table(
        table,
        sa.Column("id", _name(32), primary_key=True),
        sa.Column("owner", _name(128), nullable=False),
        sa.Column("name", _line(255), nullable=False),
        sa.Column("name_key", _name(64), nullable=False),
        schema=prefix.schema,
    )
    op.create_index(
        f"{table}_name",
        table,
        ["owner", "name_key"],
        unique=True,
        schema=prefix.schema,
    )
    op.create_table(
        members,
        _part_of(prefix, "group_id", "userdata_groups"),
        _part_of(prefix, "contact", "userdata_contacts"),
        schema=prefix.schema,
    )
    op.create_index(f"{members}_contact", members, ["contact"], schema=prefix.schema)


def _make_recipients(op: Operations, prefix: Prefix) -> None:
    table = prefix.name("userdata_recipients")
    op.create_table(
        table,
        sa.Column("owner", _name(128), primary_key=True),
        sa.Column("address_key", _name(64), primary_key=True),
        sa.Column("name", _line(255), nullable=False),
        sa.Column("address", _line(320), nullable=False),
        sa.Column("folded", _line(1000), nullable=False),
        sa.Column("used", sa.Double, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        schema=prefix.schema,
    )
    op.create_index(f"{table}_used", table, ["owner", "used"], schema=prefix.schema)


def _make_cache(op: Operations, prefix: Prefix) -> None:
    table = prefix.name("userdata_cache")
    op.create_table(
        table,
        sa.Column("owner", _name(128), primary_key=True),
        sa.Column("name", _name(200), primary_key=True),
        sa.Column("value", sa.LargeBinary(2**24 - 1), nullable=False),
        sa.Column("expires", sa.Double, nullable=False),
        schema=prefix.schema,
    )
    op.create_index(f"{table}_expires", table, ["expires"], schema=prefix.schema)


def _part_of(prefix: Prefix, name: str, whole: str) -> sa.Column[str]:
    whole = prefix.name(whole)
    whole = f"{prefix.schema}.{whole}" if prefix.schema else whole
    key = sa.ForeignKey(f"{whole}.id", ondelete="CASCADE")
    return sa.Column(name, _name(32), key, primary_key=True)


def _name(length: int) -> Text:
    exact = mysql.VARCHAR(length, charset="ascii", collation="ascii_bin")
    return sa.String(length).with_variant(exact, "mysql", "mariadb")


def _line(length: int) -> Text:
    """Every script, compared and sorted letter by letter, on every database alike."""
    exact = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    sorted_alike = sa.String(length, collation="C")
    kind = sa.String(length).with_variant(exact, "mysql", "mariadb")
    return kind.with_variant(sorted_alike, "postgresql")


def _prose() -> Text:
    long = mysql.MEDIUMTEXT(charset="utf8mb4", collation="utf8mb4_bin")
    return sa.Text().with_variant(long, "mysql", "mariadb")
