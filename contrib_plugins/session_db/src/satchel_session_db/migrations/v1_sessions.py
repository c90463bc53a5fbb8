"""The table of sessions."""

import sqlalchemy as sa
from alembic.operations import Operations

from satchel_database import Prefix

revision = "1"
down_revision = None


def upgrade(op: Operations, prefix: Prefix) -> None:
    """Make the table, with what look-ups by owner and the sweep need."""
    table, schema = prefix.name("sessions"), prefix.schema
    op.create_table(
        table,
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("data", sa.LargeBinary(2**24 - 1), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("owner", sa.String(255)),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("expires", sa.Double, nullable=False),
        schema=schema,
    )
    op.create_index(prefix.name("sessions_owner"), table, ["owner"], schema=schema)
    op.create_index(prefix.name("sessions_expires"), table, ["expires"], schema=schema)
