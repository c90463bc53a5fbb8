"""The tables of documents, pieces and frames."""

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy.dialects import mysql

from satchel_database import Prefix

revision = "1"
down_revision = None


def upgrade(op: Operations, prefix: Prefix) -> None:
    """Make the tables, with what the sweep and the look-ups by owner need."""
    _make_documents(op, prefix)
    _make_pieces(op, prefix)
    _make_frames(op, prefix)


def _make_documents(op: Operations, prefix: Prefix) -> None:
    table = prefix.name("attachment_documents")
    op.create_table(
        table,
        sa.Column("owner", _name(128), primary_key=True),
        sa.Column("group_name", _name(128), primary_key=True),
        sa.Column("document", sa.LargeBinary(2**24 - 1), nullable=False),
        sa.Column("version", _name(16), nullable=False),
        sa.Column("expires", sa.Double, nullable=False),
        schema=prefix.schema,
    )
    op.create_index(f"{table}_expires", table, ["expires"], schema=prefix.schema)


def _make_pieces(op: Operations, prefix: Prefix) -> None:
    table = prefix.name("attachment_pieces")
    op.create_table(
        table,
        sa.Column("piece", _name(64), primary_key=True),
        sa.Column("owner", _name(128), nullable=False),
        sa.Column("group_name", _name(128), nullable=False),
        sa.Column("frames", sa.Integer),
        sa.Column("written", sa.Double, nullable=False),
        sa.Column("due", sa.Double, nullable=False),
        schema=prefix.schema,
    )
    op.create_index(f"{table}_place", table, ["owner", "group_name"], schema=prefix.schema)
    op.create_index(f"{table}_due", table, ["due"], schema=prefix.schema)


def _make_frames(op: Operations, prefix: Prefix) -> None:
    pieces = prefix.name("attachment_pieces")
    pieces = f"{prefix.schema}.{pieces}" if prefix.schema else pieces
    frames = op.create_table(
        prefix.name("attachment_frames"),
        sa.Column(
            "piece",
            _name(64),
            sa.ForeignKey(f"{pieces}.piece", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("data", sa.LargeBinary(2**24 - 1), nullable=False),
        schema=prefix.schema,
    )
    dialect = op.get_context().dialect
    if dialect.name == "postgresql":
        # Compressing what is compressed already, or enciphered, only costs time.
        name = dialect.identifier_preparer.format_table(frames)
        op.execute(f"ALTER TABLE {name} ALTER COLUMN data SET STORAGE EXTERNAL")


def _name(length: int) -> sa.types.TypeEngine[str]:
    exact = mysql.VARCHAR(length, charset="ascii", collation="ascii_bin")
    return sa.String(length).with_variant(exact, "mysql", "mariadb")
