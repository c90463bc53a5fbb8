"""A second table, and a row that must be there once; then a stop when the test asks for one."""

import os
import sys

import sqlalchemy as sa
from alembic.operations import Operations

from satchel_database import Prefix

revision = "2"
down_revision = "1"


def upgrade(op: Operations, prefix: Prefix) -> None:
    stamps = op.create_table(prefix.name("stamps"), sa.Column("worth", sa.Integer))
    op.bulk_insert(stamps, [{"worth": 80}])
    if os.environ.get("HALT") == revision:
        os.write(1, b"half\n")
        sys.stdin.read()
