"""A second table, and a row that must be there once."""

import sqlalchemy as sa
from alembic.operations import Operations

from satchel_database import Prefix

revision = "2"
down_revision = "1"


def upgrade(op: Operations, prefix: Prefix) -> None:
    stamps = op.create_table(prefix.name("stamps"), sa.Column("worth", sa.Integer))
    op.bulk_insert(stamps, [{"worth": 80}])
